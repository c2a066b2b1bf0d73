# The resource providers of one operator: the servers of the host profile, with the operator's credentials.
providerModules:
{ lib, config, ... }:
let
  inherit (lib) mkOption types;
  inherit (config) hostProfile operator tenant;
  provider = name: connection: {
    imports = [
      providerModules.${name}
      (hostProfile.providerSettings name)
    ];
    managedBy = operator;
    inherit connection;
  };
  withLogin = backend: lib.recursiveUpdate hostProfile.${backend}.connection tenant.credentials.${backend};
in
{
  options = {
    operator = mkOption {
      type = types.strMatching "[a-z][a-z0-9-]{0,30}";
      description = ''
        Name of the operator, one of the `tenants` of the host profile. It is the deployment's name in the marks of all
        objects, and the prefix of their names.
      '';
    };
    hostProfile = mkOption {
      type = types.submodule ../host-profile;
      description = "The servers of the hosting provider.";
    };
    tenant = mkOption {
      type = types.raw;
      internal = true;
      readOnly = true;
      description = "The operator's part of the host profile.";
    };
  };
  config = {
    tenant =
      hostProfile.tenants.${operator}
        or (throw "Operator ${operator} is not among the tenants of the host profile: ${lib.concatStringsSep ", " (lib.attrNames hostProfile.tenants)}.");
    providers = {
      secrets = provider "secrets" { store = tenant.secretStore; };
      postgres = provider "postgres" (withLogin "postgres");
      state = provider "state" (withLogin "postgres");
      garage = provider "garage" (withLogin "garage");
      dns = provider "dns" (withLogin "dns");
    }
    // lib.optionalAttrs (hostProfile.lldap != null) { lldap = provider "lldap" (withLogin "lldap"); }
    // lib.optionalAttrs (hostProfile.proxmox != null) { proxmox = provider "proxmox" (withLogin "proxmox"); };
  };
}
