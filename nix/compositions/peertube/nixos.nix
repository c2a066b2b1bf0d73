# PeerTube on NixOS, with the service module of nixpkgs (nixos/modules/services/web-apps/peertube.nix).
# The first administrator has the login `root`: PeerTube creates it at the first start, and only if there is no account.
nixosInputs:
{ lib, pkgs, ... }:
let
  inherit (nixosInputs)
    admin
    database
    domain
    objectStorage
    registrations
    smtp
    title
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

  bucket = purpose: {
    bucket_name = objectStorage.buckets.${purpose}.name;
  };
  publicBucket =
    purpose:
    bucket purpose
    // {
      base_url = "https://${objectStorage.buckets.${purpose}.host}";
    };

  # Settings that PeerTube reads from the environment. nixpkgs' `smtp.passwordFile` would break at a quote in the password.
  # https://github.com/node-config/node-config/wiki/Environment-Variables#custom-environment-variables
  variables = pkgs.writeText "custom-environment-variables.json" (
    builtins.toJSON { smtp.password = "PEERTUBE_SMTP_PASSWORD"; }
  );
in
{
  imports = [
    (import ../application/nixos/user.nix nixosInputs.user)
    (import ../application/nixos/web-server.nix { inherit nixosInputs; })
    (import ../application/nixos/wait.nix {
      inherit nixosInputs;
      files = lib.attrNames files;
      units = [ "peertube" ];
    })
  ];

  services.peertube = {
    enable = true;
    localDomain = domain;
    enableWebHttps = true;
    listenWeb = 443;
    configureNginx = true;
    secrets.secretsFile = file "peertube-secret";
    serviceEnvironmentFile = file "peertube.env";
    database = {
      inherit (database)
        host
        port
        name
        user
        ;
      passwordFile = file "database-password";
    };
    redis.createLocally = true;

    settings = withSettings (
      {
        admin.email = admin.email;
        signup.enabled = registrations;
        database.ssl = true;
        database.ssl_settings.reject_unauthorized = true;
        log.level = "warn";
        smtp = {
          hostname = smtp.host;
          inherit (smtp) port;
          username = smtp.user;
          tls = smtp.security == "tls";
          disable_starttls = smtp.security == "none";
          from_address = smtp.from.address;
        };
        object_storage = {
          enabled = true;
          inherit (objectStorage) endpoint region;
          upload_acl.public = null;
          upload_acl.private = null;
          web_videos = publicBucket "videos";
          streaming_playlists = publicBucket "playlists";
          captions = publicBucket "captions";
          # Each file is for one person. Without a `base_url`, PeerTube gives that person a signed address of the endpoint.
          user_exports = bucket "userExports";
          original_video_files = bucket "originalFiles";
        };
      }
      // lib.optionalAttrs (title != null) { instance.name = title; }
    );
  };
  services.redis.package = pkgs.valkey;
  services.nginx.virtualHosts.${domain} = {
    enableACME = true;
    forceSSL = true;
  };

  systemd.services.peertube = {
    environment = {
      AWS_ACCESS_KEY_ID = objectStorage.accessKeyId;
      # Node trusts these in addition to the well-known authorities.
      NODE_EXTRA_CA_CERTS = lib.mkForce (
        import ../application/nixos/database-authority.nix { inherit pkgs nixosInputs; }
      );
    };
    preStart = "ln -sf ${variables} /var/lib/peertube/config/custom-environment-variables.json";
  };
}
