# The NixOS module and the files of one application, evaluated without nixpkgs' modules, which are too large for a test.
{
  lib,
  # Folder of the application in nix/compositions.
  application,
  # Added to the usual `nixosInputs`.
  inputs ? { },
}:
let
  inherit (lib) types;
  table = import (application + "/settings.nix");
  secrets = import (application + "/secrets.nix");

  nixosInputs = {
    application = baseNameOf application;
    name = "social";
    domain = "social.alice.example";
    title = "Alice's site";
    admin = {
      name = "alice";
      email = "alice@alice.example";
    };
    size = {
      cores = 4;
      memoryMib = 8192;
      diskGib = 60;
    };
    registrations = false;
    user = import (application + "/user.nix");
    secretsFolder = "/var/lib/fediverse-secrets/alice-social";
    database = {
      host = "db.host.example";
      port = 5432;
      name = "alice_social";
      user = "alice_social";
      caCertificate = "certificate of the database's authority";
    };
    objectStorage = {
      endpoint = "https://s3.host.example";
      region = "garage";
      accessKeyId = "GK1";
      buckets =
        lib.genAttrs
          [
            "media"
            "videos"
            "playlists"
            "userExports"
            "originalFiles"
            "captions"
          ]
          (purpose: {
            name = "alice-social-${lib.toLower purpose}";
            host = "${lib.toLower purpose}.social.alice.example";
          });
    };
    smtp = {
      host = "mail.host.example";
      port = 587;
      user = "alice";
      from = {
        name = "Alice's site";
        address = "noreply@social.alice.example";
      };
      security = "starttls";
    };
    # The other applications cannot log people in by a directory.
    ldap = if baseNameOf application != "mastodon" then null else {
      host = "directory.host.example";
      port = 636;
      security = "tls";
      bindDn = "uid=alice-social,ou=people,dc=host,dc=example";
      baseDn = "dc=host,dc=example";
      searchFilter = "(&(memberof=cn=alice-social,ou=groups,dc=host,dc=example)(|(%{uid}=%{email})(%{mail}=%{email})))";
    };
    acmeEmail = "certificates@host.example";
    ipv4 = "192.0.2.11";
    ipv6 = null;
    settings = { };
  }
  // inputs;

  # References to secrets. The word must not appear in what reaches the Nix store, the state or logs.
  canary = name: { file = "/canary/${name}"; };
  refs = lib.mapAttrs (name: _: canary name) secrets // {
    objectStorageSecretKey = canary "objectStorageSecretKey";
    smtpPassword = if nixosInputs.smtp.user == null then null else canary "smtpPassword";
    ldapPassword = if nixosInputs.ldap == null then null else canary "ldapPassword";
  };

  listOf = lib.mkOption {
    type = types.listOf types.anything;
    default = [ ];
  };
  freeform = types.lazyAttrsOf types.anything;
  # Options whose definitions nixpkgs joins. All others take one definition.
  joined = {
    freeformType = freeform;
    options = {
      warnings = listOf;
      systemd.services = lib.mkOption {
        type = types.attrsOf (
          types.submodule {
            freeformType = freeform;
            options =
              lib.genAttrs [ "after" "requires" "wants" "wantedBy" "path" ] (_: listOf)
              // lib.genAttrs [ "environment" "serviceConfig" ] (
                _:
                lib.mkOption {
                  type = types.attrsOf types.anything;
                  default = { };
                }
              );
          }
        );
      };
    };
  };
  packages = {
    # A store path that shows its content, so that a secret in it is found.
    writeText = name: text: "/nix/store/${name}: ${text}";
  }
  // lib.genAttrs [ "openssl" "postgresql" "valkey" ] (name: "/nix/store/${name}");

  evaluated = lib.evalModules {
    class = "nixos";
    modules = [
      joined
      {
        _module.args.pkgs = packages;
        services.${nixosInputs.application}.package = "/nix/store/${nixosInputs.application}";
      }
      (import (application + "/nixos.nix") nixosInputs)
    ];
  };
in
{
  inherit nixosInputs refs table;
  units = evaluated.config.systemd.services;
  config = removeAttrs evaluated.config [ "_module" ];
  files = import (application + "/files.nix") {
    inherit lib nixosInputs refs;
    publicParts = lib.genAttrs (lib.attrNames secrets) (name: { publicKey = "public part of ${name}"; });
  };
}
