# Two operators with three applications each, on the servers of the tests. What differs between machines comes from the
# environment, and what differs between two steps of a test is in the file that VARIANT names.
let
  resources = import ../.. { };

  environment =
    name:
    let
      value = builtins.getEnv name;
    in
    if value == "" then throw "The environment variable ${name} is not set." else value;
  # A port, also one that is recorded as a gap.
  port = name: builtins.fromJSON (environment name);
  folder = environment "APPS_FOLDER";
  secret = name: { file = "${folder}/${name}"; };

  hostProfile = {
    postgres.connection = {
      host = "127.0.0.1";
      port = port "APPS_POSTGRES_PORT";
    };
    garage = {
      connection = {
        url = environment "APPS_GARAGE_URL";
        s3.endpoint = environment "APPS_S3_URL";
      };
      webHost = "web.host-one.test";
    };
    dns.connection.rfc2136 = {
      host = "127.0.0.1";
      port = port "APPS_DNS_PORT";
    };
    lldap = {
      connection = {
        url = environment "APPS_LLDAP_URL";
        baseDn = environment "APPS_LLDAP_BASE_DN";
        ldap.url = environment "APPS_LDAP_URL";
      };
      server.host = "127.0.0.1";
      server.port = port "APPS_LDAP_PORT";
      server.security = "none";
    };
    proxmox = {
      connection = {
        url = environment "APPS_PROXMOX_URL";
        tls.caFile = environment "APPS_PROXMOX_CA_FILE";
      };
      nodes = [ "pve1" ];
      image = environment "APPS_IMAGE";
      storage = "local";
      cloudInitStorage = "local";
      gateway4 = "127.0.1.1";
      prefixLength4 = 24;
      nameServers = [ "127.0.0.53" ];
      searchDomain = "machines.host-one.test";
    };
    smtp = {
      host = "smtp.host-one.test";
      spf = "include:spf.host-one.test";
      mx = "mx.host-one.test";
      dkim = {
        connection.registry = "${folder}/registry";
        folder = "${folder}/dkim";
      };
    };
    ssh = {
      port = port "APPS_SSH_PORT";
      identity = secret "identity";
      publicKey = environment "APPS_SSH_PUBLIC_KEY";
      secretsFolder = "${folder}/machines";
      registry = "${folder}/registry";
    };
    acme.email = "hostmaster@host-one.test";
    holdingPage = "192.0.2.80";
    tenants = {
      alice = tenant "alice" 1 "example.test" "nixops4-sha256";
      bob = tenant "bob" 2 "readonly.test" "nixops4-rightless";
    };
    # A stand-in for NixOS: what the machine gets to know, once its secrets are there.
    nixos =
      { nixosInputs, nixosModule, delivered, host, ... }:
      { providers, ... }:
      {
        providers.example = {
          imports = [
            resources.modules.nixops4Provider.example
            (program "example")
          ];
          managedBy = "stand-in";
          connection.folder = "${folder}/nixos";
        };
        type = providers.example.file;
        inputs.name = "${host}.json";
        inputs.content = builtins.seq nixosModule (builtins.toJSON (nixosInputs // { inherit delivered; }));
      };
    providerSettings = program;
  };

  # Another hosting provider, who has a PostgreSQL server of their own.
  otherHostProfile = hostProfile // {
    postgres.connection = {
      host = "127.0.0.1";
      port = port "APPS_OTHER_POSTGRES_PORT";
    };
  };

  program = name: {
    executable = environment "APPS_NODE";
    args = [ "${environment "APPS_PROVIDERS"}/${name}/dist/main.cjs" ];
  };

  tenant = name: number: zone: key: {
    zones = [ zone ];
    pool = name;
    vmids.first = number * 1000;
    vmids.last = number * 1000 + 999;
    quota.machines = 3;
    credentials = {
      postgres.user = name;
      postgres.password = secret "${name}-postgres";
      garage.token = secret "${name}-garage";
      dns.rfc2136.tsig = {
        name = key;
        secret = secret "${name}-tsig";
      };
      lldap.password = secret "lldap";
      proxmox.token = secret "${name}-proxmox";
    };
    smtp.user = "${name}@host-one.test";
    smtp.password = secret "${name}-smtp";
    secretStore.directory = {
      folder = "${folder}/${name}-secrets";
      identity = secret "age-identity";
    };
    state.database = "${name}_state";
    state.identity = secret "age-identity";
  };

  operator = operator: zone: number: {
    imports = [
      resources.compositions.operator
      (import (./variants + "/${environment "APPS_VARIANT"}.nix") {
        inherit operator hostProfile otherHostProfile;
      })
    ];
    inherit operator hostProfile;
    mastodon.social = {
      domain = "social.${zone}";
      admin.name = operator;
      admin.email = "${operator}@${zone}";
      machine.proxmox.ipv4 = "127.0.1.${toString number}1";
      machine.proxmox.vmid = number * 1000 + 1;
      sso = true;
    };
    peertube.video = {
      domain = "video.${zone}";
      admin.name = operator;
      admin.email = "${operator}@${zone}";
      machine.proxmox.ipv4 = "127.0.1.${toString number}2";
      machine.proxmox.vmid = number * 1000 + 2;
    };
    pixelfed.photos = {
      domain = "photos.${zone}";
      admin.name = operator;
      admin.email = "${operator}@${zone}";
      machine =
        if operator == "bob" then
          {
            existing = {
              host = "127.0.1.23";
              port = port "APPS_SSH_PORT";
              hostKeys = [ (environment "APPS_HOST_KEY") ];
              ipv4 = "127.0.1.23";
            };
          }
        else
          {
            proxmox.ipv4 = "127.0.1.${toString number}3";
            proxmox.vmid = number * 1000 + 3;
          };
    };
    people."${operator}-friend".email = "friend@${zone}";
  };
in
resources.nixops4.lib.mkRoot {
  modules = [
    {
      members.alice = operator "alice" "example.test" 1;
      members.bob = operator "bob" "readonly.test" 2;
    }
  ];
}
