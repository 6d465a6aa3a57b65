// A real identity provider (npm oidc-provider, certified) for the tests, on loopback only.
//
//   node provider.mjs MODULES PORT REDIRECT_URI…
//
// POST /_test tells who signs in next, and in what way the provider is to fail or lie.
import { pathToFileURL } from "node:url";

const [modules, port, ...redirects] = process.argv.slice(2);
const from = async (name, entry) => import(pathToFileURL(`${modules}/${name}/${entry}`));
const { default: Provider } = await from("oidc-provider", "lib/index.js");
const jose = await from("jose", "dist/webapi/index.js");

const issuer = `http://127.0.0.1:${port}`;
const key = async (kid) => {
  const { privateKey } = await jose.generateKeyPair("RS256", { extractable: true });
  return { ...(await jose.exportJWK(privateKey)), kid, use: "sig", alg: "RS256" };
};
const own = await key("own");
const strange = await key("strange");

const usual = {
  person: {},  // claims; `sub` and `acr` among them
  down: "",  // which address answers 503, or never
  silent: "",
  alter: {},  // claims of the ID token, changed and signed anew
  sign: "own",  // or "strange" (unknown key), "posing" (the own kid), "added" (a new key), "none", "secret"
  userinfo: {},  // changes what userinfo says
  metadata: {},  // changes what discovery says
};
let now = { ...usual };
let asked = {};

const people = new Map();
const provider = new Provider(issuer, {
  clients: [{
    client_id: "percorso",
    client_secret: "a-secret-of-the-test-provider",
    redirect_uris: redirects,
    post_logout_redirect_uris: redirects.map((uri) => `${new URL(uri).origin}/`),
    grant_types: ["authorization_code"],
    response_types: ["code"],
  }],
  jwks: { keys: [own] },
  cookies: { keys: ["only-for-tests"] },
  acrValues: ["https://www.spid.gov.it/SpidL1", "https://www.spid.gov.it/SpidL2"],
  claims: {
    openid: ["sub"],
    profile: ["given_name", "family_name", "birthdate"],
    email: ["email", "email_verified"],
    eid: ["fiscal_number", "https://attributes.eid.gov.it/fiscal_number"],
  },
  scopes: ["openid", "profile", "email", "eid"],
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: async (ctx, form) => {
        ctx.body = `<!doctype html><title>Uscita</title><h1>Provider: uscire?</h1>${form}` +
          '<button form="op.logoutForm" name="logout" value="yes">Esci dal provider</button>';
      },
    },
  },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => people.get(sub) ?? { sub } }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

const json = (path, change) => async (ctx, next) => {
  await next();
  if (ctx.path === path && ctx.body && typeof ctx.body === "object") await change(ctx);
};

provider.use(async (ctx, next) => {
  if (ctx.path === "/_test") {
    const parts = [];
    for await (const part of ctx.req) parts.push(part);
    now = { ...usual, ...JSON.parse(Buffer.concat(parts).toString() || "{}") };
    ctx.body = asked;
    asked = {};
    return;
  }
  asked[ctx.path] = (asked[ctx.path] ?? 0) + 1;
  if (now.silent === ctx.path) await new Promise((done) => setTimeout(done, 60_000).unref());
  if (now.down === ctx.path) { ctx.status = 503; ctx.body = "out of order"; return; }
  if (ctx.path.startsWith("/interaction/")) { await interact(ctx); return; }
  await next();
});
provider.use(json("/token", async (ctx) => {
  if (!ctx.body.id_token) return;
  if (now.sign === "own" && !Object.keys(now.alter).length) return;
  ctx.body = { ...ctx.body, id_token: await signed({ ...jose.decodeJwt(ctx.body.id_token), ...now.alter }) };
}));
provider.use(json("/jwks", (ctx) => {
  if (now.sign === "added") ctx.body = { keys: [...ctx.body.keys, { ...strange, d: undefined }] };
}));
provider.use(json("/me", (ctx) => { ctx.body = { ...ctx.body, ...now.userinfo }; }));
provider.use(json("/.well-known/openid-configuration", (ctx) => { ctx.body = { ...ctx.body, ...now.metadata }; }));

async function signed(claims) {
  if (now.sign === "none") {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ alg: "none" })}.${part(claims)}.`;
  }
  if (now.sign === "secret") {
    const shared = new TextEncoder().encode("a-secret-of-the-test-provider");
    return new jose.SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "own" }).sign(shared);
  }
  const jwk = now.sign === "own" ? own : strange;
  const kid = now.sign === "posing" ? "own" : jwk.kid;
  return new jose.SignJWT(claims).setProtectedHeader({ alg: "RS256", kid }).sign(await jose.importJWK(jwk, "RS256"));
}

// Whoever asks is signed in at once as the person the test named, and agrees to everything.
async function interact(ctx) {
  const { prompt, params, grantId, session } = await provider.interactionDetails(ctx.req, ctx.res);
  if (now.person.error) {
    const { error, error_description } = now.person;
    await provider.interactionFinished(ctx.req, ctx.res, { error, error_description });
  } else if (prompt.name === "login") {
    const { sub = "somebody", acr, ...claims } = now.person;
    people.set(sub, { sub, ...claims });
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: sub, acr } });
  } else {
    const grant = grantId ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    grant.addOIDCClaims(["acr"]);
    await provider.interactionFinished(ctx.req, ctx.res, { consent: { grantId: await grant.save() } });
  }
  ctx.respond = false;
}

provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
