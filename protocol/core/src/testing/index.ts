export { type Backend, type FileAccess, type NetworkAccess, type ProgramAccess, type Wire } from "./backend.ts";
export { CallProxy, type Disturbance, type Endpoint } from "./call-proxy.ts";
export { Contract, isWholeContract, type AnyTerms, type Clause, type Terms } from "./contract.ts";
export { DeployedResource, Deployment, type DeploymentReply } from "./deployment.ts";
export { ask, startProvider, type Executable, type Finished, type Message, type Shown } from "./provider-process.ts";
export { ProviderSession } from "./provider-session.ts";
export { clausesOf, testResource } from "./test-resource.ts";
export { bytesWire, httpWire, postgresWire } from "./wire.ts";
export { tryWrongAnswers, wrongAnswers, WrongAnswers, type Replacement, type WrongAnswer } from "./wrong-answers.ts";
