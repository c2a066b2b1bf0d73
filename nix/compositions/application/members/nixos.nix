# What the machine runs. NixOS is deployed after the secrets are delivered, since the services read them at their start, and
# after the names are in DNS, since certificates need them.
{
  lib,
  config,
  members,
  ...
}:
let
  inherit (config) application hostProfile;
  inherit (hostProfile) smtp;
  machine = config.machine.proxmox or config.machine.existing;
  size = config.sizes.${config.size};

  ldap = {
    inherit (hostProfile.lldap.server) host port security;
    inherit (members.serviceAccount.outputs) bindDn baseDn;
    searchFilter = members.group.outputs.mastodonSearchFilter;
  };
in
{
  nixosInputs = {
    application = application.kind;
    inherit (config) name title admin registrations settings;
    domain = config.liveDomain;
    size = { inherit (size) cores memoryMib diskGib; };
    inherit (application) user;
    secretsFolder = "${hostProfile.ssh.secretsFolder}/${config.names.label}";
    database = {
      inherit (hostProfile.postgres.connection) host;
      port = hostProfile.postgres.connection.port or 5432;
      inherit (members.database.outputs) name;
      user = members.role.outputs.name;
      inherit (hostProfile.postgres) caCertificate;
    };
    objectStorage = {
      inherit (hostProfile.garage.connection.s3) endpoint;
      region = hostProfile.garage.connection.s3.region or "garage";
      inherit (members.key.outputs) accessKeyId;
      buckets = lib.mapAttrs (purpose: bucket: {
        name = members.buckets.members.${purpose}.outputs.bucketName;
        inherit (bucket) host;
      }) application.buckets;
    };
    smtp = {
      inherit (smtp) host port security;
      inherit (config.tenant.smtp) user;
      from = {
        name = if config.title == null then config.domain else config.title;
        address = "noreply@${config.domain}";
      };
    };
    ldap = if config.sso then ldap else null;
    acmeEmail = hostProfile.acme.email;
    inherit (machine) ipv4 ipv6;
  };

  nixosModule = application.nixos config.nixosInputs;

  members = lib.optionalAttrs (hostProfile.nixos != null && !config.suspended) {
    nixos =
      let
        deployed = {
          inherit (config) name nixosInputs delivered nixosModule;
          inherit (config.reach) host port hostKeys;
          inherit (hostProfile.ssh) user;
        };
        needed = config.delivered ++ members.dns.outputs.fqdns;
      in
      hostProfile.nixos (lib.mapAttrs (_: builtins.deepSeq needed) deployed);
  };
}
