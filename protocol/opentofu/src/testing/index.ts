export { testResource } from "./test-resource.ts";
export { Project, type Ran } from "./project.ts";
