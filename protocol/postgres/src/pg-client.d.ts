/** What `pg` itself exports as `Client`, without the pool and the native client around it. */
declare module "pg/lib/client.js" {
  export { Client as default } from "pg";
}
