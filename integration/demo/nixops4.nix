# The databases of three fediverse applications on one PostgreSQL server, their buckets on a Garage cluster, the account of an
# operator in lldap, and a VM on Proxmox VE, as `npm run demo` applies them. NixOps4 can apply the same file:
#   nixops4 apply --file integration/demo/nixops4.nix
#
# A deployment in a file has no arguments; values that differ between machines come from the environment.
let
  resources = import ../.. { };

  fromEnvironment =
    name: otherwise:
    let
      value = builtins.getEnv name;
    in
    if value == "" then otherwise else value;

  # The folder of the providers' bundles, which Node starts; without it, Nix builds the providers.
  bundles = fromEnvironment "DEMO_PROVIDERS" null;

  # The key that decrypts the state and the passwords, and the folder with the passwords; only the owner may read them.
  identity.file = fromEnvironment "DEMO_IDENTITY" "/run/secrets/identity";
  passwords = fromEnvironment "DEMO_SECRETS" "/srv/secrets";

  # The admin API of Garage; without it, the applications get no buckets.
  garage = fromEnvironment "DEMO_GARAGE_URL" null;

  # The web server of lldap; without it, there is no account.
  lldap = fromEnvironment "DEMO_LLDAP_URL" null;

  # The API of Proxmox VE; without it, there is no VM.
  proxmox = fromEnvironment "DEMO_PROXMOX_URL" null;

  # Each application gets a password, a role and a database, and the following. A higher generation is a new password.
  applications = {
    mastodon.generation = fromEnvironment "DEMO_MASTODON_GENERATION" "1";
    peertube.extensions = [ "pg_trgm" "unaccent" ];
    pixelfed = { };
  };
in
resources.nixops4.lib.mkRoot {
  modules = [
    (
      { lib, members, providers, ... }:
      let
        deployment = members;

        connection = {
          host = fromEnvironment "DEMO_POSTGRES_HOST" "127.0.0.1";
          port = lib.toInt (fromEnvironment "DEMO_POSTGRES_PORT" "5432");
          user = "postgres";
          password.file = fromEnvironment "DEMO_POSTGRES_PASSWORD_FILE" "/run/secrets/postgres";
        };

        provider =
          name: settings:
          {
            imports = [ resources.modules.nixops4Provider.${name} ];
            managedBy = "fediverse-demo";
          }
          // settings
          // lib.optionalAttrs (bundles != null) {
            executable = fromEnvironment "DEMO_NODE" "node";
            args = [ "${bundles}/${name}/dist/main.cjs" ];
          };

        # A component with its own `members`.
        application =
          name:
          {
            extensions ? [ ],
            generation ? "1",
          }:
          { members, ... }:
          {
            members = {
              # Generated once and stored in the folder. The role receives only a reference to it.
              password = {
                type = providers.secrets.secret;
                inputs = {
                  name = "${name}/database";
                  generator.password.length = 32;
                  generation = lib.toInt generation;
                };
              };
              role = {
                type = providers.postgres.role;
                inputs = {
                  inherit name;
                  login = true;
                  password = members.password.outputs.ref;
                };
              };
              # With a state, unchanged inputs send no request at all.
              database = {
                type = providers.postgres.database;
                state = deployment.state;
                inputs = {
                  inherit name;
                  owner = members.role.outputs.name;
                };
              };
              grant = {
                type = providers.postgres.grant;
                inputs = {
                  database = members.database.outputs.name;
                  objectType = "database";
                  grants.${deployment.monitoring.outputs.name}.privileges = [ "CONNECT" ];
                };
              };
            }
            // lib.optionalAttrs (garage != null) {
              # Public pictures and videos, which the pages of the application may load.
              media = {
                type = providers.garage.bucket;
                inputs = {
                  name = "${name}-media";
                  website.indexDocument = "index.html";
                  corsRules = [
                    {
                      allowedOrigins = [ "https://${name}.example.org" ];
                      allowedMethods = [ "GET" "HEAD" ];
                    }
                  ];
                  maxSizeBytes = 100000000000;
                };
              };
            }
            // lib.genAttrs extensions (extension: {
              type = providers.postgres.extension;
              inputs = {
                name = extension;
                database = members.database.outputs.name;
              };
            });
          };

        # An operator, who may change the password that she is given, and the group by which applications find her.
        accounts = lib.optionalAttrs (lldap != null) {
          operators = {
            type = providers.lldap.group;
            inputs.name = "operators";
          };
          ada_password = {
            type = providers.secrets.secret;
            inputs = {
              name = "operators/ada";
              generator.password.length = 20;
            };
          };
          ada = {
            type = providers.lldap.user;
            inputs = {
              id = "ada";
              email = "ada@example.org";
              displayName = "Ada";
              groups = [ members.operators.outputs.name ];
              password = members.ada_password.outputs.ref;
            };
          };
        };

        # A machine for the applications, from an image that every machine of the cluster can be made from.
        machines = lib.optionalAttrs (proxmox != null) {
          image = {
            type = providers.proxmox.image;
            inputs = {
              name = "nixos";
              file = fromEnvironment "DEMO_PROXMOX_IMAGE" "/srv/images/nixos.qcow2";
              storage = "local";
              nodes = [ "pve1" ];
            };
          };
          apps = {
            type = providers.proxmox.vm;
            inputs = {
              name = "apps";
              nodes = [ "pve1" ];
              source.image.volume = members.image.outputs.volume;
              disks.virtio0 = {
                storage = "local";
                sizeGib = 20;
              };
              nics.net0.bridge = "vmbr0";
              memoryMib = 4096;
              cloudInit = {
                storage = "local";
                user = "root";
                sshKeys = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/jBvwM2WdpOPFgG5NCGQwDlZhiYK/8XnV5DeEkNfVG demo" ];
                addresses.net0 = {
                  ipv4 = "192.0.2.5/24";
                  gateway4 = "192.0.2.1";
                };
                dns.servers = [ "192.0.2.53" ];
                dns.searchDomain = "example.org";
              };
              power = "running";
            };
          };
        };
      in
      {
        providers.postgres = provider "postgres" { inherit connection; };
        providers.state = provider "state" { inherit connection; };
        providers.secrets = provider "secrets" {
          connection.store.directory = {
            inherit identity;
            folder = passwords;
          };
        };
        providers.garage = lib.mkIf (garage != null) (
          provider "garage" {
            connection = {
              url = garage;
              token.file = fromEnvironment "DEMO_GARAGE_TOKEN_FILE" "/run/secrets/garage";
              s3.endpoint = fromEnvironment "DEMO_GARAGE_S3_URL" "http://127.0.0.1:3900";
              web.rootDomain = fromEnvironment "DEMO_GARAGE_ROOT_DOMAIN" "web.localhost";
            };
          }
        );
        providers.lldap = lib.mkIf (lldap != null) (
          provider "lldap" {
            connection = {
              url = lldap;
              password.file = fromEnvironment "DEMO_LLDAP_PASSWORD_FILE" "/run/secrets/lldap";
              baseDn = fromEnvironment "DEMO_LLDAP_BASE_DN" "dc=example,dc=com";
              ldap.url = fromEnvironment "DEMO_LLDAP_LDAP_URL" "ldap://127.0.0.1:3890";
            };
          }
        );
        providers.proxmox = lib.mkIf (proxmox != null) (
          provider "proxmox" {
            connection = {
              url = proxmox;
              token.file = fromEnvironment "DEMO_PROXMOX_TOKEN_FILE" "/run/secrets/proxmox-token";
              tls.caFile = fromEnvironment "DEMO_PROXMOX_CA_FILE" "/etc/pve/pve-root-ca.pem";
            };
          }
        );
        members = lib.mapAttrs application applications // accounts // machines // {
          # The state of the deployment, encrypted, in the same server.
          state = {
            type = providers.state.state_postgres;
            inputs = {
              inherit identity;
              name = "fediverse-demo";
            };
          };
          # May connect to every database, but cannot log in: administrators who monitor the server become its members.
          monitoring = {
            type = providers.postgres.role;
            inputs.name = "monitoring";
          };
        };
      }
    )
  ];
}
