"use strict";
// Answers in place of a provider on a Node that is too old to run it. This file is shipped as it is, so it must stay in
// the syntax and the modules of a Node that is many years old.
var fs = require("fs");

/** Reports on every path that the provider `name` needs the Node `required`: for arguments and for protocol lines. */
module.exports = function explainOldNode(name, required) {
  var newEnough = "Node " + required + " or newer";
  var code = "protocol.node.version";
  var message =
    "[" +
    code +
    "] Unable to start provider " +
    name +
    ": it needs " +
    newEnough +
    ", but " +
    process.execPath +
    " is Node " +
    process.versions.node +
    ".\nHint: Run it with " +
    newEnough +
    ".";
  process.exitCode = 1;
  if (process.argv.length > 2 || process.stdin.isTTY) return write(2, message);
  answerEachLine(message);
};

/** One errorResponse per request; a process that gets no request reports on stderr. */
function answerEachLine(message) {
  var reply = JSON.stringify({ errorResponse: { message: message } });
  var unfinished = "";
  var hasAnswered = false;
  function answer(line) {
    if (line.trim() === "") return;
    hasAnswered = true;
    write(1, reply);
  }
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", function (text) {
    var lines = (unfinished + text).split("\n");
    unfinished = lines.pop();
    lines.forEach(answer);
  });
  process.stdin.on("end", function () {
    answer(unfinished);
    if (!hasAnswered) write(2, message);
  });
}

function write(fd, text) {
  try {
    fs.writeSync(fd, text + "\n");
  } catch (error) {
    // Nobody reads any more; the exit code still reports the failure.
    if (error.code !== "EPIPE") throw error;
  }
}
