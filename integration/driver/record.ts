import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { diagnose } from "./diagnose.ts";
import { DriverError, UsageError } from "./errors.ts";
import { evaluate, type NixDeployment } from "./evaluate.ts";
import type { Json } from "./json.ts";
import { memberKey, memberName, type MemberRequest } from "./member.ts";
import type { EnvironmentGap, RecordedGap, RecordedMember, Recording } from "./recording.ts";
import { schedule } from "./schedule.ts";
import { templateOf, type Filling, type Gap } from "./template.ts";

/** The two evaluations of a recording differ in what stands for outputs and open variables, and in nothing else. */
type Round = 1 | 2;

/**
 * Records a deployment: evaluates it twice, each time with other texts in place of outputs and of the environment
 * variables that are to stay open, and keeps what differs by them as gaps. What depends on an output in another way,
 * such as a list of members or a number, is refused with DriverError.
 *
 * A choice between constants (`if output == "x" then ...`) cannot be seen that way: it is recorded as it falls out for
 * a text that equals nothing.
 */
export async function record(deployment: NixDeployment, open: readonly EnvironmentGap[]): Promise<Recording> {
  const first = await evaluateRound(1, deployment, open);
  const second = await evaluateRound(2, deployment, open);
  if (!isDeepStrictEqual(namesOf(first), namesOf(second))) {
    throw impossible(deployment, "its members depend on an output or an open variable");
  }

  const outputs = first.flatMap(({ path, outputs: own }) => own.map((output) => ({ member: [...path], output })));
  const gaps = new Map([...open, ...outputs].map((gap) => [mark(gap, 1), gap] as const));
  const pairs = [...gaps].map(([text, gap]): Gap => ({ text, first: standIn(gap, 1), second: standIn(gap, 2) }));
  const members = first.map((member, index) => {
    const other = second[index] ?? member;
    return recordedMember(member, other, (value, otherValue, what) => {
      const template = templateOf(value, otherValue, pairs);
      if (template !== undefined) return template;
      throw impossible(
        deployment,
        `the ${what} of member ${memberName(member.path)} is computed from an output or an open variable, and only a text that holds it can be recorded`,
      );
    });
  });
  const used = JSON.stringify(members);
  return {
    _type: "nixops4-resources-recording",
    version: 1,
    gaps: Object.fromEntries([...gaps].filter(([text]) => used.includes(text))),
    members,
  };
}

/** The environment variables that stay open in a recording, each shaped like its value now. */
export function openVariables(names: readonly string[], env: NodeJS.ProcessEnv): EnvironmentGap[] {
  return names.map((environment) => {
    const value = env[environment];
    if (value === undefined)
      throw new UsageError(`Set ${environment} to an example of its value, to record its shape.`);
    if (/^\d+$/.test(value)) return { environment, kind: "integer" };
    return { environment, kind: value.startsWith("/") ? "path" : "text" };
  });
}

/** The variables that a recording leaves open, to make it again. */
export function openVariablesOf({ gaps }: Recording): EnvironmentGap[] {
  return Object.values(gaps).filter((gap) => "environment" in gap);
}

async function evaluateRound(
  round: Round,
  deployment: NixDeployment,
  open: readonly EnvironmentGap[],
): Promise<MemberRequest[]> {
  const members: MemberRequest[] = [];
  const stoodIn = Object.fromEntries(open.map((gap) => [gap.environment, String(standIn(gap, round))]));
  await using evaluation = evaluate({ ...deployment, env: { ...deployment.env, ...stoodIn } });
  const result = await schedule({
    evaluation,
    jobs: Number.POSITIVE_INFINITY,
    targets: [],
    stop: new AbortController().signal,
    onMember() {},
    async perform(request) {
      members.push(request);
      return Object.fromEntries(
        request.outputs.map((output) => [output, standIn({ member: [...request.path], output }, round)]),
      );
    },
  });
  const wrong = diagnose(result).find((found) => found.kind === "wrong");
  if (wrong !== undefined) {
    throw impossible(
      deployment,
      `with text in place of outputs, it cannot be evaluated. ${wrong.error.sentence.replace(/\.$/, "")}`,
    );
  }
  return members.sort((one, other) => (memberKey(one.path) < memberKey(other.path) ? -1 : 1));
}

function recordedMember(
  first: MemberRequest,
  second: MemberRequest,
  merge: (value: Json, other: Json, what: string) => Json,
): RecordedMember {
  const mergeText = (value: string, other: string | undefined, what: string) => {
    const merged = merge(value, other ?? null, what);
    if (typeof merged === "string") return merged;
    throw new TypeError("The template of two texts is a text.");
  };
  return {
    path: [...first.path],
    type: first.type === second.type ? first.type : mergeText(first.type, second.type, "type"),
    state: first.state && [...first.state],
    provider: {
      executable: mergeText(first.provider.executable, second.provider.executable, "provider"),
      args: first.provider.args.map((argument, index) => mergeText(argument, second.provider.args[index], "provider")),
    },
    inputs: Object.fromEntries(
      Object.entries(first.inputs).map(([name, value]) => [
        name,
        merge(value, second.inputs[name] ?? null, `input \`${name}\``),
      ]),
    ),
    outputs: [...first.outputs],
  };
}

function namesOf(members: readonly MemberRequest[]): string[] {
  return members.map(({ path }) => memberName(path));
}

/**
 * What stands for a value in one of the rounds: the same in every run, short and plain enough for the names that
 * databases, hosts and deployments allow; a path or an integer (that could be a port) where the value is one.
 */
function standIn(gap: RecordedGap, round: Round): Filling {
  const text = mark(gap, round);
  if (!("environment" in gap) || gap.kind === "text") return text;
  if (gap.kind === "path") return `/${text}`;
  return 30_000 + 10_000 * round + (Number.parseInt(text.slice(2, 10), 16) % 10_000);
}

function mark(gap: RecordedGap, round: Round): string {
  const digest = createHash("sha256")
    .update(`${round}${JSON.stringify(gap)}`)
    .digest("hex");
  return `nr${digest.slice(0, 14)}`;
}

function impossible({ file }: NixDeployment, reason: string): DriverError {
  return new DriverError("driver.recording.impossible", `Unable to record ${file}: ${reason}.`);
}
