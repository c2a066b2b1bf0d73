# What one operator may use: her own zone, pool and credentials. `number` gives each operator a range of machine ids.
{ name, number }:
{
  zones = [ "${name}.example" ];
  pool = name;
  vmids.first = number * 1000;
  vmids.last = number * 1000 + 999;
  quota = {
    machines = 5;
    cores = 16;
    memoryMib = 32768;
    diskGib = 500;
    mediaGb = 5000;
  };
  credentials = {
    postgres.user = name;
    postgres.password.file = "/run/secrets/${name}/postgres";
    garage.token.file = "/run/secrets/${name}/garage-token";
    dns.rfc2136.tsig.name = "${name}.example";
    dns.rfc2136.tsig.secret.file = "/run/secrets/${name}/tsig";
    lldap.password.file = "/run/secrets/lldap";
    proxmox.token.file = "/run/secrets/${name}/proxmox-token";
  };
  smtp.user = "${name}@host-one.example";
  smtp.password.file = "/run/secrets/${name}/smtp";
  secretStore.directory = {
    folder = "/srv/secrets/${name}";
    identity.file = "/run/secrets/identity";
  };
  state.database = "${name}_state";
  state.identity.file = "/run/secrets/identity";
}
