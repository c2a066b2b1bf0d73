# Files with secrets for Pixelfed, in `nixosInputs.secretsFolder`. The names do not depend on `refs`.
{
  lib,
  nixosInputs,
  refs,
  publicParts,
}:
let
  # Each starts pixelfed-data-setup, which reads the files and builds the configuration again.
  restartUnits = [
    "pixelfed-horizon.service"
    "phpfpm-pixelfed.service"
  ];

  environment = {
    APP_KEY = "appKey";
    AWS_SECRET_ACCESS_KEY = "objectStorageSecretKey";
    DB_PASSWORD = "databasePassword";
  }
  // lib.optionalAttrs (nixosInputs.smtp.user != null) { MAIL_PASSWORD = "smtpPassword"; };
in
{
  # systemd reads all three as root.
  "pixelfed.env" = {
    template = {
      format = "dotenv";
      text = lib.concatStrings (
        lib.mapAttrsToList (variable: secret: "${variable}={{ ${secret} }}\n") environment
      );
      secrets = lib.mapAttrs' (_: secret: lib.nameValuePair secret refs.${secret}) environment;
    };
    inherit restartUnits;
  };
  passport-private-key = {
    source = refs.passportPrivateKey;
    inherit restartUnits;
  };
  admin-password.source = refs.adminPassword;
}
