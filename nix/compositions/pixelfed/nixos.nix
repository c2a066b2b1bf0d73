# Pixelfed on NixOS, with the service module of nixpkgs (nixos/modules/services/web-apps/pixelfed.nix).
nixosInputs:
{ lib, pkgs, ... }:
let
  inherit (nixosInputs)
    name
    smtp
    user
    ;
  inherit
    (import ../application/nixos/fragment.nix {
      inherit lib nixosInputs;
      folder = ./.;
    })
    files
    file
    withSettings
    ;

  # The module writes values as they are. https://github.com/vlucas/phpdotenv
  quoted =
    value:
    if lib.isString value && lib.match "[[:alnum:]_./:@-]*" value == null then
      "\"${lib.escape [ "\"" "\\" "$" ] value}\""
    else
      value;

  # Pixelfed has no setting that verifies the database's certificate. With channel binding, libpq only accepts a server that
  # knows the verifier of the password and is itself the end of the TLS connection. Without TLS it does not log in.
  # https://www.postgresql.org/docs/current/libpq-envars.html
  databaseEnvironment.PGCHANNELBINDING = "require";
in
{
  imports = [
    (import ../application/nixos/user.nix nixosInputs.user)
    (import ../application/nixos/web-server.nix { inherit nixosInputs; })
    (import ../application/nixos/wait.nix {
      inherit nixosInputs;
      files = lib.attrNames files;
      units = [
        "pixelfed-data-setup"
        "pixelfed-horizon"
        "phpfpm-pixelfed"
        "pixelfed-first-admin"
      ];
      jobs = [ "pixelfed-cron" ];
    })
    (import ../application/nixos/first-admin.nix {
      inherit nixosInputs;
      after = [ "phpfpm-pixelfed" ];
      service = {
        # For pixelfed-manage.
        path = [ "/run/current-system/sw" ];
        environment = databaseEnvironment;
        script = builtins.readFile ./first-admin.sh;
        serviceConfig = {
          User = user.name;
          Group = user.name;
        };
      };
    })
  ];

  services.pixelfed = {
    enable = true;
    inherit (nixosInputs) domain;
    secretFile = file "pixelfed.env";
    database = {
      createLocally = false;
      type = "pgsql";
    };
    redis.createLocally = true;
    nginx = {
      enableACME = true;
      forceSSL = true;
    };
    # Pixelfed accepts photos of 15 MB, nixpkgs requests of 8 MB.
    maxUploadSize = lib.mkDefault "64M";
    settings = lib.mapAttrs (_: quoted) (
      withSettings (import ./environment.nix { inherit lib nixosInputs; })
    );
  };
  services.redis.package = pkgs.valkey;
  services.phpfpm.pools.pixelfed.phpEnv = databaseEnvironment;

  systemd.services = {
    pixelfed-data-setup = {
      environment = databaseEnvironment;
      path = [ pkgs.openssl ];
      # The module otherwise creates keys of its own, after which all apps must log in again.
      preStart = ''
        key=$CREDENTIALS_DIRECTORY/oauth-private.key
        mkdir -p "$STATE_DIRECTORY/storage"
        install -m 0600 "$key" "$STATE_DIRECTORY/storage/oauth-private.key"
        openssl pkey -in "$key" -pubout -out "$STATE_DIRECTORY/storage/oauth-public.key"
        touch "$STATE_DIRECTORY/.passport-keys-generated"
      '';
      serviceConfig.LoadCredential = [ "oauth-private.key:${file "passport-private-key"}" ];
    };
    pixelfed-horizon.environment = databaseEnvironment;
    pixelfed-cron.environment = databaseEnvironment;
  };

  # Laravel's scheduler runs what is due in the minute of its start. The module starts it once a day.
  systemd.timers.pixelfed-cron.timerConfig = {
    OnBootSec = lib.mkForce [ ];
    OnUnitActiveSec = lib.mkForce [ ];
    OnCalendar = "minutely";
    AccuracySec = "1s";
  };

  assertions = [
    {
      assertion = smtp.security != "tls" || smtp.port == 465;
      message = ''
        [compositions.smtp.unsupported] Unable to send mail of pixelfed ${name} over TLS to port ${toString smtp.port}: Pixelfed starts with TLS only at port 465.
        Hint: Set `smtp.port` of the host profile to 465, or `smtp.security` to "starttls".'';
    }
  ];
  warnings = [
    "Pixelfed ${name} uses PostgreSQL, which its developers do not test: some posts and messages may fail (https://github.com/pixelfed/pixelfed/issues/2727)."
  ];
}
