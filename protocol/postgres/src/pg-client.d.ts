/** The `Client` of `pg`, without loading its pool and its native client. */
declare module "pg/lib/client.js" {
  export { Client as default } from "pg";
}
