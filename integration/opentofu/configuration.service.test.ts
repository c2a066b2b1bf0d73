import { openTofuMissing } from "@nixops4-resources/integration-servers/opentofu/program";
import { superuserLogin } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { projectOf, readPage } from "./page.ts";

const encryption = `
terraform {
  encryption {
    key_provider "pbkdf2" "passphrase" {
      passphrase = "a passphrase of this test"
    }
    method "aes_gcm" "passphrase" {
      keys = key_provider.pbkdf2.passphrase
    }
    state {
      method = method.aes_gcm.passphrase
    }
    plan {
      method = method.aes_gcm.passphrase
    }
  }
}
`;

/** A port that is unknown until `generation` is applied. */
const unknownPort = `
variable "generation" {
  type    = number
  default = 1
}

resource "terraform_data" "server" {
  triggers_replace = var.generation
  input            = var.port
}
`;

describePostgres(
  "OpenTofu with other configurations",
  (server) => {
    const { files } = readPage();
    beforeEach((context) => {
      const missing = openTofuMissing();
      if (missing !== undefined) context.skip(missing);
    });
    afterEach(async () => {
      const superuser = new Client(await superuserLogin(server()));
      await superuser.connect();
      await superuser.query("drop database if exists opentofu_shop");
      await superuser.query("drop role if exists opentofu_shop");
      await superuser.end();
    });

    test("an encrypted state and plan work like others", async () => {
      using project = await projectOf(server(), new Map([...files, ["encryption.tf", encryption]]));
      expect((await project.run("init")).status).toBe(0);
      expect((await project.plan("-out=saved.plan")).status).toBe(2);
      expect((await project.apply("saved.plan")).errors).toBe("");
      expect((await project.plan()).status).toBe(0);
      expect(project.read("terraform.tfstate")).toContain("encrypted_data");
      expect(project.read("terraform.tfstate", "saved.plan")).not.toContain("opentofu_shop");
      expect((await project.destroy()).output).toContain("Resources: 2 destroyed");
    });

    test("a connection that is unknown in the plan is used in the apply, and a refresh keeps the state", async () => {
      const main = files.get("main.tf")?.replace("var.port\n", "terraform_data.server.output\n") ?? "";
      using project = await projectOf(server(), new Map([["main.tf", `${main}${unknownPort}`]]));
      expect((await project.run("init")).status).toBe(0);
      const applied = await project.apply();
      expect(applied.output, applied.errors).toContain("Resources: 3 added");
      expect((await project.plan()).status).toBe(0);
      const changed = await project.plan("-var=generation=2");
      expect(changed.output, changed.errors).toContain("1 to add, 0 to change, 1 to destroy");
      const again = await project.apply("-var=generation=2");
      expect(again.output, again.errors).toContain("1 added, 0 changed, 1 destroyed");
      expect((await project.plan("-var=generation=2")).status).toBe(0);
      expect((await project.run("destroy", "-auto-approve", "-var=generation=2")).errors).toBe("");
    });
  },
  [18],
);
