import { isDeepStrictEqual } from "node:util";
import { diagnose } from "../evaluation/diagnose.ts";
import { DriverError, UsageError } from "../errors.ts";
import { evaluate, type NixDeployment } from "../evaluation/evaluate.ts";
import type { Json } from "../json.ts";
import { memberKey, memberName, type MemberRequest } from "../evaluation/member.ts";
import { OutputSamples } from "./output-sample.ts";
import { ProviderProcesses } from "../provider/processes.ts";
import { partName, type EnvironmentGap, type RecordedMember, type Recording } from "./recording.ts";
import { schedule } from "../apply/schedule.ts";
import { smallestShape, widen } from "./shape.ts";
import { environmentStandIn, outputStandIns, type Round, type Shape, type StandIn } from "./stand-in.ts";
import { fillText, templateOf, type Gap } from "./template.ts";

/**
 * Records a deployment: evaluates it twice, with different values for outputs and open environment variables, and
 * records the parts that differ as gaps. The providers must be available, since they describe their outputs. If the
 * deployment reads a key that the sample of a map does not have, or an element of a list, it is evaluated again with it. A
 * deployment that depends on an output in another way, such as by a list of members or a length, is rejected with
 * DriverError.
 *
 * A choice between constants (`if output == "x" then ...`, `output.key or "x"`) is not detected: it is recorded for a value
 * that equals no constant and has no such key.
 */
export async function record(deployment: NixDeployment, open: readonly EnvironmentGap[]): Promise<Recording> {
  await using processes = new ProviderProcesses(deployment.env, () => {});
  const samples = new OutputSamples(processes);
  for (let shape = smallestShape; ;) {
    try {
      return await recordWith(shape, deployment, open, samples);
    } catch (error) {
      const wider = error instanceof DriverError ? widen(shape, error.sentence) : undefined;
      if (wider === undefined) throw error;
      shape = wider;
    }
  }
}

async function recordWith(
  shape: Shape,
  deployment: NixDeployment,
  open: readonly EnvironmentGap[],
  samples: OutputSamples,
): Promise<Recording> {
  const first = await evaluateRound(1, shape, deployment, open, samples);
  const second = await evaluateRound(2, shape, deployment, open, samples);
  if (!isDeepStrictEqual(namesOf(first.members), namesOf(second.members))) {
    throw impossible(deployment, "its members depend on an output or an open variable");
  }

  const standIns = [...first.standIns].sort(byName).map(([, standIn]) => standIn);
  const gaps = standIns.flatMap(({ gap, mark, value }): Gap[] => {
    const other = second.standIns.get(nameOf(gap));
    return other === undefined ? [] : [{ text: mark, first: value, second: other.value }];
  });
  const members = first.members.map((member, index) => {
    const other = second.members[index] ?? member;
    return recordedMember(member, other, (value, otherValue, what) => {
      const template = templateOf(value, otherValue, gaps);
      if (template !== undefined) return template;
      const subject = `the ${what} of member ${memberName(member.path)}`;
      throw impossible(deployment, `${subject} ${whyNoTemplate(value, standIns)}`);
    });
  });
  const recorded = JSON.stringify(members);
  const used = standIns.filter(({ mark }) => recorded.includes(mark));
  return {
    _type: "nixops4-resources-recording",
    version: 2,
    gaps: Object.fromEntries(used.map(({ mark, gap }) => [mark, gap])),
    members,
  };
}

/** The environment variables that stay open in a recording, each with the type of its current value. */
export function openVariables(names: readonly string[], env: NodeJS.ProcessEnv): EnvironmentGap[] {
  return names.map((environment) => {
    const value = env[environment];
    if (value === undefined)
      throw new UsageError(`Set ${environment} to an example of its value, to record its shape.`);
    if (/^\d+$/.test(value)) return { environment, kind: "integer" };
    return { environment, kind: value.startsWith("/") ? "path" : "text" };
  });
}

/** The variables that a recording leaves open, for recording it again. */
export function openVariablesOf({ gaps }: Recording): EnvironmentGap[] {
  return Object.values(gaps).filter((gap) => "environment" in gap);
}

interface Evaluated {
  /** Sorted by path. */
  readonly members: readonly MemberRequest[];
  /** By the gap's name. */
  readonly standIns: ReadonlyMap<string, StandIn>;
}

async function evaluateRound(
  round: Round,
  shape: Shape,
  deployment: NixDeployment,
  open: readonly EnvironmentGap[],
  samples: OutputSamples,
): Promise<Evaluated> {
  const members: MemberRequest[] = [];
  const variables = open.map((gap) => environmentStandIn(gap, round));
  const standIns = new Map<string, StandIn>(variables.map((standIn) => [nameOf(standIn.gap), standIn]));
  const stoodIn = Object.fromEntries(variables.map(({ gap, value }) => [gap.environment, String(value)]));
  const actual = new Map(variables.map(({ gap, value }) => [String(value), deployment.env[gap.environment] ?? ""]));
  await using evaluation = evaluate({ ...deployment, env: { ...deployment.env, ...stoodIn } });
  const cannot = ({ sentence }: DriverError) => {
    const reason = sentence.replace(/\.$/, "");
    return impossible(deployment, `it cannot be evaluated with samples of outputs. ${reason}`);
  };
  const result = await schedule({
    evaluation,
    jobs: Number.POSITIVE_INFINITY,
    targets: [],
    stop: new AbortController().signal,
    onMember() {},
    async perform(request) {
      members.push(request);
      const { executable, args } = request.provider;
      const provider = { executable: fillText(executable, actual), args: args.map((text) => fillText(text, actual)) };
      const outputs = [...(await samples.of({ ...request, provider }))].flatMap(([output, make]) =>
        outputStandIns(request.path, output, make, shape, round),
      );
      for (const standIn of outputs) standIns.set(nameOf(standIn.gap), standIn);
      const whole = outputs.filter(({ gap }) => gap.path === undefined);
      return Object.fromEntries(whole.map(({ gap, value }) => [gap.output, value]));
    },
  }).catch((error: unknown) => {
    // Nix cannot catch a missing attribute, which ends the whole evaluation.
    throw error instanceof DriverError && error.code === "driver.nix.failed" ? cannot(error) : error;
  });
  const wrong = diagnose(result).find((found) => found.kind === "wrong");
  if (wrong !== undefined) throw cannot(wrong.error);
  return { members: members.sort((one, other) => byName([memberKey(one.path)], [memberKey(other.path)])), standIns };
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

function whyNoTemplate(value: Json, standIns: readonly StandIn[]): string {
  const text = JSON.stringify(value);
  const read = standIns.find(({ mark }) => text.includes(mark))?.gap;
  const source = read === undefined || "environment" in read ? "an output or an open variable" : partName(read);
  return `is computed from ${source}; only the value itself, a part of it, or a text that contains one of them can be recorded`;
}

function namesOf(members: readonly MemberRequest[]): string[] {
  return members.map(({ path }) => memberName(path));
}

function nameOf(gap: StandIn["gap"]): string {
  return JSON.stringify(gap);
}

function byName([one]: readonly [string, ...unknown[]], [other]: readonly [string, ...unknown[]]): number {
  return one < other ? -1 : 1;
}

function impossible({ file }: NixDeployment, reason: string): DriverError {
  return new DriverError("driver.recording.impossible", `Unable to record ${file}: ${reason}.`);
}
