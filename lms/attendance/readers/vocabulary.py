"""Heading words of Zoom's interface languages, as stems without accents.

Columns are found by what they mean, not by where they stand. A language that is missing here is
read by the shape of the table (`columns.inferred`); a stem costs one line.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Stems begin a word; a closing "$" asks for the word's end as well, one inside is a space. Stems in
# scripts that write no spaces match anywhere, closed ones alone.
_STEMS: dict[str, str] = {
    "name": (
        "name$ participant$ partecipante$ participante$ nome$ nombre$ nom$ namen$ naam$ "
        "nazwa imie nama$ namn navn nimi$ jmeno isim ten$ имя им'я 名前 氏名 姓名 名称 名稱 이름"
    ),
    "original": (
        "original ursprungl d'origine oorspronk pierwot orygina asli goc$ alkuper "
        "puvodni исходн оригинал 元の オリジナル 原始 原名 原來 원래 원본"
    ),
    "first_name": (
        "first$ given vorname prenom voornaam imie imya nombres$ nama$depan förnamn "
        "fornamn fornavn 名$"
    ),
    "last_name": (
        "last surname family cognome nachname familienname nom$de$famille apellido "
        "sobrenome apelido achternaam nazwisko efternamn etternavn soyad фамилия 姓$ "
        "성$"
    ),
    "email": "e-mail email mail$ e-post correo courriel поч 邮箱 邮件 郵件 電子郵 メール 이메일",
    "join": (
        "join joined ingress ingreso entrata entrada beitritt beigetreten eintritt "
        "arriv connexion entree rejoint unito unita$ unio$ "
        "unirse union incorporac toetred deelname dolacz "
        "bergabung gabung anslut tiltrad katil tham$gia liitty pripojen вход "
        "присоедин подключ приедн 参加 加入 참가 입장"
    ),
    "leave": (
        "leave left uscita uscito abbandon abandon quitt "
        "verlass austritt ausgetret depart sortie deconnexion "
        "salida salir saida sair verlat verla vertrek opuszcz wyjsc keluar "
        "meninggalkan lamna forlat forlod ayril roi$ poistu odchod выход покин "
        "отключ вихід вихи 退出 離開 离开 退室 나간 퇴장"
    ),
    "minutes": "minut minuut menit min$ dakika phut perc$ мин хв 分 분",
    "duration": (
        "duration durata dauer duree duracion duracao duur czas$trwania durasi "
        "varaktighet varighet sure kesto trvani thoi$luong time$in$session tempo$in "
        "temps tiempo$en tempo$na zeit$in продолж длит тривал 期間 時間 时长 時長 기간"
    ),
    "total": (
        "total totale insgesamt gesamt totaux totaal lacz suma jumlah toplam tong "
        "итого общ 合計 总 總 총 전체"
    ),
    "waiting": (
        "waiting attesa warteraum wartezimmer wartebereich attente espera wacht "
        "poczekaln tunggu vantrum venterom vente bekleme cho$ cekar cekao astept varakoz "
        "αναμον odotus ожидан очикув 待機 待合 等候 等待 대기"
    ),
    "attended": (
        "attended partecipato partecipazione presente$ presenza teilgenommen "
        "anwesend participe$ assiste$ asistio participou compareceu deelgenomen "
        "bijgewoond uczestniczyl 出席済 已参加 已出席 참석"
    ),
    "topic": (
        "topic argomento thema sujet objet$ tema topico assunto onderwerp temat konu "
        "chu$de topik amne emne titolo titel titre titulo title$ тема トピック 議題 主题 主題 "
        "주제"
    ),
    "start": (
        "start inizio beginn anfang debut inicio comienzo aanvang begin rozpocz "
        "baslang bat$dau mulai zacat нача 開始 开始 시작"
    ),
    "end": (
        "end$ ended endzeit eind fine$ ende$ fin$ final fim$ termino koniec zakoncz bitis "
        "ket$thuc selesai berakhir slut конец окончан завершен 終了 结束 結束 종료"
    ),
    "created": (
        "creation creat creazione erstell creacion criacao aangemaakt utworz созда 作成 创建"
    ),
    "generated": (
        "report$generat generat generato generiert genere generado gerado "
        "gegenereerd wygenerowan сформир 生成 作成日 생성"
    ),
    "meeting_id": "id$ id-nummer meeting$id webinar$id identif 会议号",
    "host": (
        "host organizz organis organiz organiser anfitri gastgeber veranstalter "
        "hote$ animat gastheer prowadz penyelenggara tuan$rumah vard$ vert$ "
        "ev$sahibi nguoi$to организатор 主催 ホスト 主持 主機 호스트"
    ),
    "other_thing": (
        "country paese land$ pays$ pais$ region source origine$ origen origem quelle "
        "department reparto abteilung departement departamento group gruppo gruppe "
        "groupe grupo company source$name fonte job$ phone telefon recording "
        "registrazione aufzeichnung enregistrement grabacion gravacao upn role$ "
        "ruolo$ 国 國 국가"
    ),
    "participants": (
        "participants partecipanti teilnehmer participantes deelnemers uczestni "
        "peserta deltagare katilimci registered iscritti unique viewers total$users "
        "участник 参加者 参会者 참가자"
    ),
}

_YES = (
    "yes y true si sì sí ja oui sim tak ano igen da да так evet ya vâng có kyllä joo "
    "áno jah jā taip ναι نعم כן ใช่ 是 はい 예 네 有"
)
_NO = (
    "no n false nein non não nie ne nem nu нет ні hayır tidak không nej nei nee ei "
    "nē όχι لا לא ไม่ 否 いいえ 아니요 아니오 无 無"
)


def _pattern(stems: str) -> re.Pattern[str]:
    parts = []
    for stem in stems.split():
        closed = stem.endswith("$")
        body = re.escape(stem.rstrip("$")).replace(r"\$", " ")
        if re.match(r"[a-zа-я]", stem):
            parts.append(rf"(?<![^\W\d_]){body}" + (r"(?![^\W\d_])" if closed else ""))
        else:
            parts.append(rf"(?<!\w){body}(?!\w)" if closed else body)
    return re.compile("|".join(parts))


_ANSWERS = {**dict.fromkeys(_NO.split(), False), **dict.fromkeys(_YES.split(), True)}
_PATTERNS = {meaning: _pattern(stems) for meaning, stems in _STEMS.items()}


@lru_cache(maxsize=4096)
def meanings(heading: str) -> frozenset[str]:
    """The meanings a heading may have, by its words; a heading often has several."""
    text = folded(heading)
    return frozenset(meaning for meaning, pattern in _PATTERNS.items() if pattern.search(text))


def yes_or_no(text: str) -> bool | None:
    """What a yes/no cell says; None for anything else."""
    return _ANSWERS.get(text.casefold().strip("."))


def folded(text: str) -> str:
    """Lower case without Latin accents, typographic apostrophes straight; other scripts kept."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    kept = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return unicodedata.normalize("NFC", kept)
