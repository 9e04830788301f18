// Policy cases (tests/data/policy's form), one a line, from standard input; the judge's
// decision on each, one a line: allow, deny, or "error: why" where it gives no answer.

import { anonymousPrincipal, runSimulation } from "@cloud-copilot/iam-simulate";
import readline from "node:readline";

const named = (list) => (list ?? []).map((policy, i) => ({ name: `p${i}`, policy }));
const levels = (list) =>
  (list ?? []).map((level, i) => ({ orgIdentifier: `level-${i}`, policies: named(level) }));

// Our form keeps lists of session and resource policies; the judge takes one of each.
function one(list, what) {
  if (list === undefined) return undefined;
  if (list.length !== 1) throw new Error(`${list.length} ${what} policies`);
  return list[0];
}

function simulation(c) {
  const p = c.policies;
  return {
    request: {
      principal: c.principal === "*" ? anonymousPrincipal : c.principal,
      action: c.action,
      resource: { resource: c.resource, accountId: c.resource_account },
      contextVariables: c.context ?? {},
    },
    identityPolicies: named(p.identity),
    sessionPolicy: one(p.session, "session"),
    serviceControlPolicies: levels(p.scp),
    resourceControlPolicies: levels(p.rcp),
    resourcePolicy: one(p.resource, "resource"),
    permissionBoundaryPolicies: p.boundary ? named([p.boundary]) : undefined,
  };
}

async function decide(line) {
  try {
    const result = await runSimulation(simulation(JSON.parse(line)), {});
    if (result.resultType === "error") return `error: ${JSON.stringify(result.errors)}`;
    return result.overallResult === "Allowed" ? "allow" : "deny";
  } catch (e) {
    return `error: ${String(e.message).replaceAll("\n", " ")}`;
  }
}

for await (const line of readline.createInterface({ input: process.stdin }))
  console.log(await decide(line));
