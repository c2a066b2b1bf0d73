# Generators of the secrets that Mastodon would otherwise create on the machine. A machine that is built again with other
# values can neither read the two-factor secrets in the database nor send push notifications.
# https://docs.joinmastodon.org/admin/config/#secrets
let
  password = import ../application/password.nix;
in
{
  secretKeyBase.railsSecretKeyBase = { };
  activeRecordPrimaryKey.activeRecordEncryptionKey = { };
  activeRecordDeterministicKey.activeRecordEncryptionKey = { };
  activeRecordKeyDerivationSalt.activeRecordEncryptionKey = { };
  vapidPrivateKey.vapid = { };
  databasePassword = password;
  adminPassword = password;
}
