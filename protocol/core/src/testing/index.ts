export { type Backend, type FileAccess, type NetworkAccess, type ProgramAccess } from "./backend.ts";
export { CallProxy, type Disturbance, type Endpoint } from "./call-proxy.ts";
export { Contract, type Clause, type Terms } from "./contract.ts";
export { Deployment, type Told } from "./deployment.ts";
export { ask, startProvider, type Executable, type Finished, type Message } from "./provider-process.ts";
export { clausesOf, testResource } from "./test-resource.ts";
