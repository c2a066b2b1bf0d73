# Mastodon on NixOS, with the service module of nixpkgs (nixos/modules/services/web-apps/mastodon.nix).
nixosInputs:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (nixosInputs) database domain smtp;
  units = import ./units.nix { inherit lib nixosInputs; };
  inherit
    (import ../application/nixos/fragment.nix {
      inherit lib nixosInputs;
      folder = ./.;
    })
    files
    file
    withSettings
    ;

  # A service that runs Ruby code within Mastodon, like the one that migrates the database.
  runner =
    code:
    let
      migration = config.systemd.services.mastodon-init-db;
    in
    {
      script = "rails runner ${code}";
      path = [ config.services.mastodon.package ];
      environment = removeAttrs migration.environment [ "PATH" ];
      serviceConfig = removeAttrs migration.serviceConfig [
        "ExecStart"
        "Restart"
        "RestartMode"
        "RestartSec"
      ];
    };
in
{
  imports = [
    (import ../application/nixos/user.nix nixosInputs.user)
    (import ../application/nixos/web-server.nix {
      inherit nixosInputs;
      # The largest video that Mastodon accepts.
      maxUploadMib = 99;
    })
    (import ../application/nixos/wait.nix {
      inherit nixosInputs;
      files = lib.attrNames files;
      units =
        units.preparing
        ++ units.serving
        ++ [
          "mastodon-first-admin"
          "mastodon-site"
        ];
      jobs = [ "mastodon-media-auto-remove" ];
    })
    (import ../application/nixos/first-admin.nix {
      inherit nixosInputs;
      after = [ "mastodon-web" ];
      service = runner ./first-admin.rb;
    })
  ];

  services.mastodon = {
    enable = true;
    localDomain = domain;
    configureNginx = true;
    inherit (units) streamingProcesses;

    # nixpkgs generates those that are missing, so the units wait until all are there.
    secretKeyBaseFile = file "secret-key-base";
    activeRecordEncryptionPrimaryKeyFile = file "active-record-primary-key";
    activeRecordEncryptionDeterministicKeyFile = file "active-record-deterministic-key";
    activeRecordEncryptionKeyDerivationSaltFile = file "active-record-key-derivation-salt";
    vapidPrivateKeyFile = file "vapid-private-key";
    vapidPublicKeyFile = file "vapid-public-key";

    database = {
      createLocally = false;
      inherit (database)
        host
        port
        name
        user
        ;
      passwordFile = file "database-password";
    };
    smtp = {
      createLocally = false;
      inherit (smtp) host port;
      # Mastodon pastes it into YAML without quotes (config/email.yml), so other names are left out.
      fromAddress =
        if lib.match "[[:alnum:]][[:alnum:] ._-]*" smtp.from.name == null then
          smtp.from.address
        else
          "${smtp.from.name} <${smtp.from.address}>";
    };

    extraConfig = withSettings (
      import ./environment.nix {
        inherit lib nixosInputs;
        databaseAuthority = import ../application/nixos/database-authority.nix { inherit pkgs nixosInputs; };
      }
    );
    extraEnvFiles = [ (file "mastodon.env") ];
  };

  services.redis.package = pkgs.valkey;

  # Mastodon keeps these two in its database.
  systemd.services.mastodon-site = lib.mkMerge [
    (runner ./site.rb)
    {
      description = "Title and registrations of Mastodon";
      wantedBy = [ "multi-user.target" ];
      after = [ "mastodon-web.service" ];
      wants = [ "mastodon-web.service" ];
      environment = {
        OPEN_REGISTRATIONS = lib.boolToString nixosInputs.registrations;
      }
      // lib.optionalAttrs (nixosInputs.title != null) {
        # systemd expands `%`.
        SITE_TITLE = lib.replaceStrings [ "%" ] [ "%%" ] nixosInputs.title;
      };
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
      };
    }
  ];
}
