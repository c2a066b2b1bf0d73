import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import httpErrors from "@nixops4-resources/protocol-http/errors";

/** Errors of this provider, beside those of every provider. */
const errors = {
  ...httpErrors,
  "proxmox.acl.missing": {
    meaning: "A role, user, group or token that the inputs name does not exist. Nothing was changed.",
    remedy: "Create it first, and take its id from the outputs of that resource.",
  },
  "proxmox.api.unexpected": {
    meaning: "What answers is not the API of Proxmox VE.",
    remedy: "Set `connection.url` to a node of the cluster, without a path.",
  },
  "proxmox.firewall.nameTaken": {
    meaning: "An IP set or alias of this name exists, and the deployment did not create it. Nothing was changed.",
    remedy: "Declare another name, or remove what exists by hand.",
  },
  "proxmox.firewall.otherVm": {
    meaning: "The VM does not belong to the deployment that the inputs name. Nothing was changed.",
    remedy: "Manage the VM by the same deployment, or name its deployment in `vmManagedBy`.",
  },
  "proxmox.firewall.second": {
    meaning: "Another resource of the deployment manages the firewall of the VM. Nothing was changed.",
    remedy: "Declare all rules in one resource.",
  },
  "proxmox.firewall.vmMissing": {
    meaning: "The VM does not exist. Nothing was changed.",
    remedy: "Create it first, and take its id from the outputs of that resource.",
  },
  "proxmox.image.download": {
    meaning: "A node could not download the image. No volume was created.",
    remedy: "Check `url`, and that the node reaches the server.",
  },
  "proxmox.image.invalid": {
    meaning: "The inputs name no image that Proxmox imports. No volume was created.",
    remedy:
      "Build nixpkgs' image variant `qemu`, or use a qcow2 without a backing file. Change what the message names.",
  },
  "proxmox.node.unreachable": {
    meaning:
      "The node that was asked cannot reach another node (status 595, 596 or 599). The outcome of a write is unknown.",
    remedy: "Check that the node runs, then apply again: the provider looks first.",
  },
  "proxmox.permission.denied": {
    meaning:
      "The token does not have a privilege. Nothing was changed. The message names path and privilege as Proxmox does.",
    remedy:
      "Give the token and its user a role with the privilege on the path; each type's documentation lists them all.",
  },
  "proxmox.pool.members": {
    meaning: "The pool has members, so Proxmox does not delete it. Nothing was changed.",
    remedy: "Destroy the members or remove them from the pool, then destroy the pool.",
  },
  "proxmox.request.rejected": {
    meaning: "Proxmox rejected a request. Nothing was changed by it.",
    remedy: "Change the inputs that the message names.",
  },
  "proxmox.role.inUse": {
    meaning: "The role is in use. Proxmox would delete the permissions together with it. Nothing was changed.",
    remedy: "Destroy the `acl` resources that use the role first, or remove the permissions by hand.",
  },
  "proxmox.server.failed": {
    meaning: "Proxmox, or a proxy before it, failed. The outcome of a write is unknown.",
    remedy: "Check pveproxy and pvedaemon on the node, then apply again: the provider looks first.",
  },
  "proxmox.storage.full": {
    meaning: "The storage has less free space than the image needs. Nothing was sent.",
    remedy: "Delete what nobody needs there, or use another storage.",
  },
  "proxmox.storage.unusable": {
    meaning: "The storage cannot take the image. Nothing was sent.",
    remedy: "Change the storage as the message says, or use another one.",
  },
  "proxmox.task.failed": {
    meaning: "A task of the cluster ended with an error. The message contains the end of its log.",
    remedy: "Remove the cause that the log names, then apply again: the provider looks first.",
  },
  "proxmox.token.malformed": {
    meaning: "The secret of `connection.token` has not the form of an API token. Nothing was sent.",
    remedy: "Store `USER@REALM!TOKENID=UUID` on one line.",
  },
  "proxmox.token.own": {
    meaning: "The token is the one that the provider uses. It is never deleted, and it gets no new secret.",
    remedy: "Use another token in `connection.token`.",
  },
  "proxmox.token.refused": {
    meaning: "Proxmox does not accept the token of `connection.token`.",
    remedy: "Check the stored token, its expiration, and whether its user is enabled.",
  },
  "proxmox.token.secretUnknown": {
    meaning:
      "The token was not created by this deployment, and the store does not have its secret. Nothing was changed.",
    remedy: "Import the secret into the store, or declare a token of another name.",
  },
  "proxmox.disk.shrinks": {
    meaning:
      "A disk would become smaller than it is, or than the image or template. Disks only grow. Nothing was written.",
    remedy: "Set `sizeGib` of the disk to the size that the message names, or more.",
  },
  "proxmox.disk.fixed": {
    meaning: "The inputs change a property of the EFI disk or the TPM state that cannot change. Nothing was written.",
    remedy: "Declare the property that the message names, or null.",
  },
  "proxmox.disk.moves": {
    meaning: "A disk cannot move to the slot or the storage of the inputs. It stays where it is, with its data.",
    remedy: "Do what the message says, then apply again; or declare slot and storage where the disk is.",
  },
  "proxmox.image.missing": {
    meaning: "The image of the inputs is on none of the nodes. Nothing was created.",
    remedy: "Take `source.image.volume` from the outputs of an `image`, and its nodes for `nodes`.",
  },
  "proxmox.quota.exceeded": {
    meaning: "The VM would exceed the quota of its pool. Nothing was written.",
    remedy: "Raise `quota` of the pool, or declare less.",
  },
  "proxmox.template.missing": {
    meaning: "The token does not see the template of the inputs. Nothing was created.",
    remedy: "Check `source.template.vmid`, and give the token a role with VM.Clone and VM.Audit on the template.",
  },
  "proxmox.template.unusable": {
    meaning: "The template cannot become the VM of the inputs. Nothing was created.",
    remedy: "Change the input that the message names.",
  },
  "proxmox.vm.agentMissing": {
    meaning: "The inputs ask the guest agent for something, but the VM has none configured.",
    remedy: "Set `agent = true`, and reboot the VM; or remove `guest`.",
  },
  "proxmox.vm.ambiguous": {
    meaning: "Several VMs have the UUID of the resource. Nothing was changed.",
    remedy: "Set `vmid` to the id of the right one, or give the copy another UUID.",
  },
  "proxmox.vm.hotplug": {
    meaning: "The VM runs, and refused a change of its devices. The change was taken back.",
    remedy: 'Set `power = "stopped"`, apply, and set it back.',
  },
  "proxmox.vm.idTaken": {
    meaning: "The id, or every id of `vmidRange`, belongs to another VM, maybe one that the token does not see.",
    remedy: "Declare another `vmid`, or a larger `vmidRange`.",
  },
  "proxmox.vm.leftLocked": {
    meaning: "A task was killed while it created the VM. What it left has a lock that no API token can remove.",
    remedy: "Run the command of the message on the node, then apply again.",
  },
  "proxmox.vm.locked": {
    meaning: "Proxmox works on the VM, or the HA manager has given it up. Nothing was stopped or deleted.",
    remedy: "Wait for the work that the message names, or end it, then apply again.",
  },
  "proxmox.vm.otherPool": {
    meaning: "A VM with the UUID of the resource is in another pool than the inputs say. Nothing was changed.",
    remedy: "Set `vmid` to its id, and the provider moves it; or remove it.",
  },
  "proxmox.vm.protected": {
    meaning: "The VM is protected. Nothing was stopped or deleted.",
    remedy: "Set `protection = false`, apply, then destroy.",
  },
  "proxmox.vm.unusedDisks": {
    meaning: "The VM has unused disks, which a destroy would delete. Nothing was stopped or deleted.",
    remedy: 'Move them to another VM, or set `unusedDisks = "destroy"`.',
  },
  "proxmox.version.unsupported": {
    meaning: "The version of Proxmox VE does not have what an input needs. Nothing was written.",
    remedy: "Upgrade the cluster to the version that the message names.",
  },
  "proxmox.user.loss": {
    meaning: "Proxmox would delete tokens or permissions of others together with the user. Nothing was changed.",
    remedy: "Remove them first, or set `confirmLoss = true`.",
  },
  "proxmox.user.missing": {
    meaning: "The user of a token does not exist. Nothing was changed.",
    remedy: "Create the user first, and take its id from the outputs of that resource.",
  },
  "proxmox.user.own": {
    meaning:
      "The user is root@pam, or the one of `connection.token`. It is never adopted, disabled or deleted. Nothing was changed.",
    remedy: "Manage this user by hand, or use a token of another user in `connection.token`.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
