import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import httpErrors from "@nixops4-resources/protocol-http/errors";

/** Errors of this provider, beside those of every provider. */
const errors = {
  ...httpErrors,
  "garage.alias.last": {
    meaning: "The alias is the last name of the bucket, and Garage keeps at least one. Nothing was removed.",
    remedy: "Give the bucket another name with `garage bucket alias`, or delete the bucket.",
  },
  "garage.alias.taken": {
    meaning: "Another bucket has this alias. It was not changed.",
    remedy: "Choose another alias, or remove it from the bucket that the message names.",
  },
  "garage.api.unexpected": {
    meaning: "What answers is not Garage's admin API.",
    remedy: "Set `connection.url` to the address of `[admin]` in Garage's configuration.",
  },
  "garage.bucket.declaredTwice": {
    meaning:
      "Another resource of this deployment manages the same bucket by another of its names. Nothing was changed.",
    remedy: "Declare the bucket once, with its other names in `aliases`.",
  },
  "garage.bucket.deleting": {
    meaning: "Another deployment is deleting the bucket, so it cannot be adopted.",
    remedy: "Apply again when it is gone, or complete the deletion from the deployment that the message names.",
  },
  "garage.bucket.missing": {
    meaning: "The bucket does not exist.",
    remedy: "Create the bucket first, and take its name from the outputs of that resource.",
  },
  "garage.bucket.notEmpty": {
    meaning: "The bucket contains objects, so Garage does not delete it. Nothing was deleted.",
    remedy: 'Set `confirmEmpty = true` to delete all objects, or `deletion = "retain"` to keep the bucket.',
  },
  "garage.change.ineffective": {
    meaning: "Garage accepted a change, and a look after it does not show it.",
    remedy: "Apply again. If the error remains, check what is between this machine and Garage's admin API.",
  },
  "garage.clock.behind": {
    meaning:
      "The clock of this machine is so far behind the server's that a temporary key expires at once. No object was deleted.",
    remedy: "Set the clock of this machine, and apply again.",
  },
  "garage.grant.contradiction": {
    meaning: "Two inputs of the grant contradict each other. Nothing was changed.",
    remedy: "Change one of the two inputs that the message names.",
  },
  "garage.grant.exclusive": {
    meaning:
      "`exclusive` and `sealed` remove permissions that others granted, and this deployment does not manage the bucket. Nothing was changed.",
    remedy: "Declare the bucket in this deployment, or leave both out.",
  },
  "garage.grant.expiry": {
    meaning: "A bucket cannot be sealed while a lifecycle rule deletes its objects. No permission was changed.",
    remedy: "Remove `expirationDays` and `expirationDate` from the lifecycle rules of the bucket.",
  },
  "garage.key.deleted": {
    meaning: "The id of an imported key belonged to a key that was deleted. Garage never accepts such an id again.",
    remedy: "Generate a new id and secret, and refer to them in `imported`.",
  },
  "garage.key.missing": {
    meaning: "The access key does not exist.",
    remedy: "Create the key first, and take its id from the outputs of that resource.",
  },
  "garage.key.nameTaken": {
    meaning: "The deployment already has another key of this name. Nothing was changed.",
    remedy: "Choose another name for the new key, and destroy the old one when nothing uses it any more.",
  },
  "garage.key.secretDiffers": {
    meaning: "Garage has a key with the id in `imported`, but with another secret. The secret of a key never changes.",
    remedy: "Import a new id with a new secret, as another key.",
  },
  "garage.mark.disputed": {
    meaning: "The bucket carries marks of several deployments. Nothing was changed.",
    remedy:
      "Find out which deployment manages the bucket, and remove the aliases of the others with `garage bucket unalias`.",
  },
  "garage.name.ambiguous": {
    meaning: "Several keys or admin tokens have this name, and it cannot be decided which one is meant.",
    remedy: "Choose another name, or delete all but one of those that the message lists.",
  },
  "garage.region.wrong": {
    meaning: "The server has another region than `connection.s3.region`. Nothing was written.",
    remedy: "Set `connection.s3.region` to the region that the message names.",
  },
  "garage.request.refused": {
    meaning: "Garage rejected a request.",
    remedy: "Change the inputs that the message names.",
  },
  "garage.s3.refused": {
    meaning: "Garage's S3 API rejected a request.",
    remedy: "Check the key, its permissions on the bucket, and the clock of this machine.",
  },
  "garage.s3.unreachable": {
    meaning: "Garage's S3 API does not answer.",
    remedy: "Check `connection.s3.endpoint`, and that it can be reached from the machine that applies.",
  },
  "garage.server.failed": {
    meaning:
      "Garage failed to process a request: a node is down or restarts, or a quorum is missing. A write may have taken effect.",
    remedy: "Check `garage status` and the server's log, then apply again: the provider looks first.",
  },
  "garage.token.refused": {
    meaning: "Garage does not accept the admin token: it is wrong, or it has expired.",
    remedy: "Check the secret of `connection.token`, and the token's expiration with `garage admin-token list`.",
  },
  "garage.token.scope": {
    meaning: "The admin token is valid, but its scope does not include the call that the message names.",
    remedy: "Add the call to the token's scope: `garage admin-token set --scope`. Each type lists what it needs.",
  },
  "garage.token.secretUnknown": {
    meaning:
      "The secret of an adopted admin token is not in its store. Garage shows it only at the token's creation, and a new token would break what uses this one.",
    remedy: "Import the token's secret into the store, or declare a token of another name.",
  },
  "garage.version.unsupported": {
    meaning: "The version of Garage does not support an input. Nothing was written.",
    remedy: "Upgrade Garage to the version that the message names, or leave the input out.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
