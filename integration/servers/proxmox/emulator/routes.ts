import { aclRoutes } from "./access/routes/acl-routes.ts";
import { poolRoutes } from "./access/routes/pool-routes.ts";
import { roleRoutes } from "./access/routes/role-routes.ts";
import { ticketRoutes } from "./access/routes/ticket-routes.ts";
import { tokenRoutes } from "./access/routes/token-routes.ts";
import { userRoutes } from "./access/routes/user-routes.ts";
import { clusterRoutes } from "./cluster/cluster-routes.ts";
import type { Datacenter } from "./cluster/datacenter.ts";
import { nodeRoutes } from "./cluster/node-routes.ts";
import { poolMembers } from "./cluster/pool-members.ts";
import { ResourceRows } from "./cluster/resource-rows.ts";
import { cloudInitRoutes } from "./cloud-init/routes.ts";
import { backupRoutes } from "./cluster/backup-jobs.ts";
import { haRoutes } from "./cluster/ha-routes.ts";
import { firewallRoutes } from "./firewall/routes.ts";
import { guestRoutes } from "./qemu/guest-routes.ts";
import { lifecycleRoutes } from "./qemu/lifecycle/routes.ts";
import { contentRoutes } from "./storage/content-routes.ts";
import { imageRoutes } from "./storage/image-routes.ts";
import { storageRoutes } from "./storage/routes.ts";
import type { Route } from "./http/route.ts";
import { taskRoutes } from "./tasks/task-routes.ts";

/** Every method of the API that is emulated. */
export function routes(datacenter: Datacenter): readonly Route[] {
  const { access } = datacenter;
  const rows = new ResourceRows(datacenter);
  return [
    ...nodeRoutes(datacenter),
    ...clusterRoutes(datacenter, rows),
    ...taskRoutes(datacenter),
    ...ticketRoutes(access),
    ...userRoutes(access),
    ...tokenRoutes(access),
    ...roleRoutes(access),
    ...aclRoutes(access),
    ...poolRoutes(access, poolMembers(datacenter, rows)),
    ...storageRoutes(datacenter),
    ...contentRoutes(datacenter),
    ...imageRoutes(datacenter),
    ...guestRoutes(datacenter),
    ...lifecycleRoutes(datacenter),
    ...cloudInitRoutes(datacenter),
    ...firewallRoutes(datacenter.firewalls),
    ...haRoutes(datacenter),
    ...backupRoutes(datacenter),
  ];
}
