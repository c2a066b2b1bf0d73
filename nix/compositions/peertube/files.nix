# Files with secrets for PeerTube, in `nixosInputs.secretsFolder`. The names do not depend on `refs`.
{
  lib,
  nixosInputs,
  refs,
  publicParts,
}:
let
  inherit (nixosInputs) smtp user;

  restartUnits = [ "peertube.service" ];
  readByUser = source: {
    inherit source restartUnits;
    owner = toString user.uid;
    group = toString user.gid;
  };

  environment = {
    AWS_SECRET_ACCESS_KEY = "objectStorageSecretKey";
    PT_INITIAL_ROOT_PASSWORD = "adminPassword";
  }
  // lib.optionalAttrs (smtp.user != null) { PEERTUBE_SMTP_PASSWORD = "smtpPassword"; };
in
{
  peertube-secret = readByUser refs.peertubeSecret;
  database-password = readByUser refs.databasePassword;

  # systemd reads it as root.
  "peertube.env" = {
    template = {
      format = "systemdEnvironment";
      text = lib.concatStrings (
        lib.mapAttrsToList (variable: secret: "${variable}={{ ${secret} }}\n") environment
      );
      secrets = lib.mapAttrs' (_: secret: lib.nameValuePair secret refs.${secret}) environment;
    };
    inherit restartUnits;
  };
}
