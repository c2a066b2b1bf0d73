import { expect, test } from "vitest";
import { commandLine } from "./command-line.ts";

const reach = { sshPort: 2022, monitor: "/m", agent: "/a", console: "/c" };
const argumentsOf = (values: Record<string, string>): string =>
  commandLine(new Map(Object.entries(values)), [], reach).join(" ");

test("only port 22 of the first card's address is reached, and nothing from the guest", () => {
  const text = argumentsOf({
    net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0",
    ipconfig0: "ip=192.0.2.5/24,gw=192.0.2.1",
    net1: "e1000=BC:24:11:00:00:02,bridge=vmbr1",
  });
  expect(text).toContain("net=192.0.2.5/24,host=192.0.2.1,restrict=on,hostfwd=tcp:127.0.0.1:2022-192.0.2.5:22");
  expect(text).toContain("user,id=net1,restrict=on -device e1000,netdev=net1,mac=BC:24:11:00:00:02");
});

test("a setting that would change the machine and is not understood is refused", () => {
  expect(() => argumentsOf({ bios: "ovmf" })).toThrow("not emulated: a machine with bios: ovmf");
  expect(() => argumentsOf({ net0: "vmxnet3=BC:24:11:00:00:01" })).toThrow("vmxnet3");
});
