# A deployment with every component that fulfils a contract. The member `reader` reads all results, as an application does.
let
  resources = import ../.. { };
  inherit (resources) contracts;
  inherit (contracts) components;
in
resources.nixops4.lib.mkRoot {
  modules = [
    (
      { config, lib, members, providers, ... }:
      let
        connections = {
          dns.powerdns = {
            url = "https://ns1.example.org:8081";
            apiKey.file = "/run/secrets/powerdns";
          };
          example.folder = "/srv/files";
          garage = {
            url = "https://garage.example.org";
            token.file = "/run/secrets/garage";
            s3.endpoint = "https://s3.example.org";
          };
          lldap = {
            url = "https://lldap.example.org";
            password.file = "/run/secrets/lldap";
            baseDn = "dc=example,dc=org";
            ldap.url = "ldaps://lldap.example.org:6360";
          };
          postgres = {
            host = "db.example.org";
            user = "nixops4";
            password.file = "/run/secrets/postgres";
          };
          secrets = {
            store.directory = {
              folder = "/srv/secrets";
              identity.file = "/root/identity";
            };
            ssh.host = "web.example.org";
          };
        };

        file = {
          owner = "forum";
          restartUnits = [ "forum.service" ];
        };
      in
      {
        options.forum = {
          adminPassword = contracts.secret.mkRequester (file // { mode = "0440"; });
          database = contracts.database.mkRequester {
            name = "forum";
            owner = "forum_owner";
            extensions = [ "pg_trgm" ];
            password = file;
          };
          bucket = contracts.bucket.mkRequester {
            name = "forum-media";
            website = true;
            cors = [ { allowedOrigins = [ "https://forum.example.org" ]; } ];
            secretKey = file;
          };
          dns = contracts.dns.mkRequester {
            name = "forum.example.org";
            type = "A";
            values = [ "192.0.2.1" ];
          };
          account = contracts.account.mkRequester {
            account = "forum-ldap";
            group = "forum";
            password = file;
          };
        };

        config = {
          providers = lib.mapAttrs (name: connection: {
            imports = [ resources.modules.nixops4Provider.${name} ];
            executable = "node";
            args = [ "/providers/${name}/dist/main.cjs" ];
            managedBy = "forum";
            inherit connection;
          }) connections;

          members = {
            admin_password = {
              imports = [ (components.secret { inherit (providers) secrets; }) ];
              inherit (config.forum.adminPassword) request;
              settings.name = "forum/admin-password";
            };
            database = {
              imports = [ (components.database { inherit (providers) postgres secrets; }) ];
              inherit (config.forum.database) request;
            };
            bucket = {
              imports = [ (components.bucket { inherit (providers) garage secrets; }) ];
              inherit (config.forum.bucket) request;
            };
            dns = {
              imports = [ (components.dns { inherit (providers) dns; }) ];
              inherit (config.forum.dns) request;
            };
            account = {
              imports = [ (components.account { inherit (providers) lldap secrets; }) ];
              inherit (config.forum.account) request;
            };
            backup = {
              imports = [ (components.databasebackup { inherit (providers) secrets; }) ];
              settings = {
                database = config.forum.database.result;
                password = members.database.members.password.members.secret.outputs.ref;
                user = "backup";
                passfile = "/run/nixops4-secrets/forum/pgpass";
              };
            };
            reader = {
              type = providers.example.file;
              inputs = {
                name = "results";
                content = builtins.toJSON {
                  forum = lib.mapAttrs (_: contract: contract.result) config.forum;
                  backup = members.backup.request;
                };
              };
            };
          };

          forum = {
            adminPassword.result = members.admin_password.result;
            database.result = members.database.result;
            bucket.result = members.bucket.result;
            dns.result = members.dns.result;
            account.result = members.account.result;
          };
        };
      }
    )
  ];
}
