export { testResource } from "./test-resource.ts";
