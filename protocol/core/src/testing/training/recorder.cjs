"use strict";
// Preloaded into a provider's process by NODE_OPTIONS: writes which scripts the process compiled, and their code at its end,
// as JSON to the file that RECORDED_SCRIPTS names. The code then includes every function that the process called.
const { writeFileSync } = require("node:fs");
const vm = require("node:vm");

const recorded = [];
let isStarting = true;
// The main chunk runs before this, and a request is read after it.
process.nextTick(() => (isStarting = false));

vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    recorded.push({ script: this, file: options.filename, isStarting, isAccepted: this.cachedDataRejected === false });
  }
};

process.on("exit", () => {
  const scripts = recorded.map(({ script, ...facts }) => ({
    ...facts,
    code: script.createCachedData().toString("base64"),
  }));
  writeFileSync(process.env.RECORDED_SCRIPTS, JSON.stringify(scripts));
});
