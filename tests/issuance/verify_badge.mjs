// Judges a credential with a library that is not ours: `node verify_badge.mjs MODULES JWKS < jwt`.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , modules, jwks] = process.argv;
const entry = createRequire(`${modules}/`).resolve("jose");
const { compactVerify, createLocalJWKSet } = await import(pathToFileURL(entry));
const keys = createLocalJWKSet(JSON.parse(jwks));
try {
  const token = readFileSync(0, "utf8").trim();
  const { payload } = await compactVerify(token, keys, { algorithms: ["RS256"] });
  process.stdout.write(new TextDecoder().decode(payload));
} catch (error) {
  process.stdout.write(`refused: ${error.code}`);
}
