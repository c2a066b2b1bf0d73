import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { underSystemd } from "@nixops4-resources/integration-servers/systemd";
import { canCompile, compileLauncher } from "@nixops4-resources/protocol-core/launcher";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const isRoot = process.getuid?.() === 0;

/** What the units use: on its own, since their user may not see the folder of the project. */
const folder = `/var/tmp/nixops4-units-${randomUUID()}`;
const launcher = join(folder, "launcher");
const request = join(folder, "request");
const answer = (name: string): string => join(folder, name);
const answerIn = (name: string): unknown => JSON.parse(readFileSync(answer(name), "utf8"));

/** A provider whose answers take as long as a request says. */
const room = join(import.meta.dirname, "../../protocol/core/src/fixtures/room.ts");
const slow = {
  createResourceRequest: {
    type: "moody",
    inputProperties: { connection: {}, managedBy: "prod", mood: "slow", seconds: 3 },
    isStateful: true,
  },
};

describe.runIf(isRoot && canCompile())("in a unit of systemd", () => {
  beforeAll(() => {
    mkdirSync(folder, { mode: 0o755 });
    copyFileSync(process.execPath, join(folder, "node"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("with DynamicUser and what belongs to it, a launcher finds a worker in the unit's runtime folder", async (context) => {
    cpSync(join(import.meta.dirname, "../../providers/example/dist"), join(folder, "dist"), { recursive: true });
    compileLauncher({
      file: launcher,
      node: join(folder, "node"),
      main: join(folder, "dist/main.cjs"),
      macros: { NO_FALLBACK: 1 },
    });
    writeFileSync(request, '{"describeProviderRequest":{}}\n');
    const apply = `
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
DynamicUser=yes
RuntimeDirectory=apply
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
NoNewPrivileges=yes
SystemCallFilter=@system-service
BindReadOnlyPaths=${folder}
StandardInput=file:${request}
StandardOutput=file:${answer("described")}
ExecStart=${launcher}
ExecStartPost=/bin/sh -c 'cd /run/apply/nixops4-resources && stat --format "%%U %%A %%F" . worker-* >&2'
StandardError=file:${answer("runtime")}
`;
    const script = "systemctl start apply.service";
    await startOrSkip(context, async () => underSystemd({ units: { "apply.service": apply }, script }));
    expect(answerIn("described")).toEqual({
      describeProviderResponse: expect.objectContaining({ resourceTypes: expect.anything() }),
    });
    expect(readFileSync(answer("runtime"), "utf8")).toBe("apply drwx------ directory\napply srwxr-xr-x socket\n");
  });

  test("`systemctl stop` asks all to stop at once, and the requests in hand are answered", async (context) => {
    compileLauncher({ file: launcher, node: process.execPath, main: room, macros: { NO_FALLBACK: 1 } });
    writeFileSync(request, `${JSON.stringify(slow)}\n`);
    const names = ["one", "two", "three", "four", "five"];
    const begin = names.map((name) => `${launcher} <${request} >${answer(name)} &\n`).join("");
    writeFileSync(join(folder, "begin"), `${begin}wait\n`);
    const apply = `
[Unit]
DefaultDependencies=no
[Service]
Type=exec
RuntimeDirectory=apply
ExecStart=/bin/sh ${folder}/begin
`;
    const script = `
      systemctl start apply.service
      sleep 1.5
      systemctl stop apply.service
      systemctl show --property=ActiveState,Result apply.service`;
    const printed = await startOrSkip(context, async () => underSystemd({ units: { "apply.service": apply }, script }));
    expect(printed).toBe("Result=success\nActiveState=inactive\n");
    for (const name of names) {
      expect(answerIn(name)).toEqual({ createResourceResponse: { outputProperties: { pid: expect.any(Number) } } });
    }
  });
});
