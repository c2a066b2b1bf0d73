# The servers of one hosting provider, and what each operator may use there. Fill in every value that names host-one.example;
# what is missing is named by the first error. Secrets are references: this file contains none.
{ resources, sources }:
{
  postgres.connection.host = "db.host-one.example";

  garage = {
    connection = {
      url = "https://garage-admin.host-one.example";
      s3.endpoint = "https://s3.host-one.example";
    };
    # Ends TLS for the media hosts of the applications.
    webHost = "web.host-one.example";
  };

  dns.connection.rfc2136.host = "ns1.host-one.example";

  lldap.connection = {
    url = "https://people.host-one.example";
    baseDn = "dc=host-one,dc=example";
    ldap.url = "ldaps://people.host-one.example";
  };

  proxmox = {
    connection = {
      url = "https://pve.host-one.example:8006";
      tls.caFile = "/etc/nixops4/pve-root-ca.pem";
    };
    nodes = [ "pve1" ];
    # Made once for all machines: docs/proxmox.md.
    image = "local:import/nixops4.ops.nixos-0123456789abcdef.qcow2";
    storage = "local-lvm";
    cloudInitStorage = "local-lvm";
    gateway4 = "192.0.2.1";
    prefixLength4 = 24;
    nameServers = [ "192.0.2.53" ];
    searchDomain = "machines.host-one.example";
  };

  smtp = {
    host = "smtp.host-one.example";
    spf = "include:spf.host-one.example";
    mx = "mx.host-one.example";
    # The relay reads the keys that sign the mail from this folder.
    dkim = {
      connection.ssh.host = "smtp.host-one.example";
      connection.ssh.identity.file = "/run/secrets/deploy";
      connection.ssh.hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/jBvwM2WdpOPFgG5NCGQwDlZhiYK/8XnV5DeEkNfVG";
      folder = "/var/lib/dkim";
      restartUnits = [ "opendkim.service" ];
    };
  };

  ssh = {
    identity.file = "/run/secrets/deploy";
    publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/jBvwM2WdpOPFgG5NCGQwDlZhiYK/8XnV5DeEkNfVG deploy";
  };

  acme.email = "hostmaster@host-one.example";

  tenants = {
    alice = import ./tenant.nix {
      name = "alice";
      number = 1;
    };
    bob = import ./tenant.nix {
      name = "bob";
      number = 2;
    };
  };

  # Deploys NixOS by SSH, with nixops4-nixos.
  nixos = resources.nixosMember {
    inherit (sources) nixpkgs nixops4-nixos;
    modules = [
      resources.modules.nixos.proxmoxGuest
      ./machine.nix
    ];
  };

  # Providers built with `npm run build`. Without this, Nix builds them.
  providerSettings = name: {
    executable = "/srv/nixops4-resources/dist/bin/nixops4-resources-${name}";
  };
}
