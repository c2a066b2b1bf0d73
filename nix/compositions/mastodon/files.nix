# Files with secrets for Mastodon, in `nixosInputs.secretsFolder`. The names do not depend on `refs`.
{
  lib,
  nixosInputs,
  refs,
  publicParts,
}:
let
  inherit (nixosInputs) ldap smtp user;

  # mastodon-init-dirs copies them into an environment file before any of these units starts.
  restartUnits = map (unit: "${unit}.service") (import ./units.nix { inherit lib nixosInputs; }).serving;
  readByUser = file: file // {
    owner = toString user.uid;
    group = toString user.gid;
    inherit restartUnits;
  };

  environment = {
    AWS_SECRET_ACCESS_KEY = "objectStorageSecretKey";
  }
  // lib.optionalAttrs (smtp.user != null) { SMTP_PASSWORD = "smtpPassword"; }
  // lib.optionalAttrs (ldap != null) { LDAP_PASSWORD = "ldapPassword"; };
  assignments = lib.mapAttrsToList (variable: secret: "${variable}={{ ${secret} }}\n") environment;
  # Not in the environment of the units, where systemd expands `%`. The quotes are for shells that read the file.
  searchFilter = lib.optionalString (ldap != null) "LDAP_SEARCH_FILTER='${ldap.searchFilter}'\n";
in
{
  secret-key-base = readByUser { source = refs.secretKeyBase; };
  active-record-primary-key = readByUser { source = refs.activeRecordPrimaryKey; };
  active-record-deterministic-key = readByUser { source = refs.activeRecordDeterministicKey; };
  active-record-key-derivation-salt = readByUser { source = refs.activeRecordKeyDerivationSalt; };
  vapid-private-key = readByUser { source = refs.vapidPrivateKey; };
  # nixpkgs asks for a file, and creates another pair if one of the two is missing.
  vapid-public-key = readByUser {
    template = {
      format = "plain";
      text = publicParts.vapidPrivateKey.publicKey;
      secrets = { };
    };
  };
  database-password = readByUser { source = refs.databasePassword; };
  admin-password.source = refs.adminPassword;

  # Passwords that are not ours can contain any character. nixpkgs' own options would write them without quoting.
  "mastodon.env" = {
    template = {
      format = "systemdEnvironment";
      text = lib.concatStrings assignments + searchFilter;
      secrets = lib.mapAttrs' (_: secret: lib.nameValuePair secret refs.${secret}) environment;
    };
    inherit restartUnits;
  };
}
