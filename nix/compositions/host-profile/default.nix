# What differs between two hosting providers: their servers, and what each operator may use there. Everything else is in
# the blocks of the applications, which move to another hosting provider unchanged.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  nullable = type: types.nullOr (types.submodule type);
in
{
  options = {
    postgres = mkOption {
      type = types.submodule ./postgres.nix;
      description = "The PostgreSQL server of the applications.";
    };
    garage = mkOption {
      type = types.submodule ./garage.nix;
      description = "The Garage cluster for media.";
    };
    dns = mkOption {
      type = types.submodule ./dns.nix;
      description = "The name server of the operators' zones.";
    };
    lldap = mkOption {
      type = nullable ./lldap.nix;
      default = null;
      description = "The directory of people. Null means that nobody logs in by it.";
    };
    proxmox = mkOption {
      type = nullable ./proxmox.nix;
      default = null;
      description = "The cluster for the machines. Null means that all machines exist already.";
    };
    smtp = mkOption {
      type = types.submodule ./smtp.nix;
      description = "The relay that sends the mail of the applications.";
    };
    ssh = mkOption {
      type = types.submodule ./ssh.nix;
      description = "The login on the machines.";
    };
    acme = {
      email = mkOption {
        type = types.str;
        description = "E-mail address for Let's Encrypt, which warns there before a certificate expires.";
      };
      authorities = mkOption {
        type = types.nonEmptyListOf types.str;
        default = [ "letsencrypt.org" ];
        description = "Authorities that may issue certificates for the domains (CAA records).";
      };
    };
    holdingPage = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "IPv4 address of a page for applications that are suspended. Null leaves their records as they are.";
    };
    tenants = mkOption {
      type = types.attrsOf (types.submodule ./tenant.nix);
      description = "What each operator may use, by the operator's name.";
    };
    nixos = mkOption {
      type = types.nullOr (types.functionTo types.deferredModule);
      default = null;
      example = lib.literalExpression ''
        { nixosModule, host, user, hostKeys, ... }:
        {
          imports = [ nixops4-nixos.modules.nixops4Resource.nixos ];
          type = providers.local.exec;
          nixos.module.imports = [ nixosModule ./base.nix ];
          ssh = { inherit host user; hostPublicKey = builtins.head hostKeys; };
        }
      '';
      description = ''
        The member that deploys NixOS to a machine: a function of `name`, `nixosModule`, `nixosInputs`, `host`, `user`,
        `hostKeys` and `delivered`. Null deploys none; then the option `nixosModule` of each application is for you.
      '';
    };
    providerSettings = mkOption {
      type = types.functionTo types.deferredModule;
      default = _: { };
      defaultText = lib.literalExpression "_: { }";
      example = lib.literalExpression ''
        name: { executable = "/srv/nixops4-resources/dist/bin/nixops4-resources-''${name}"; }
      '';
      description = "Settings of each resource provider by its name, such as its executable. By default Nix builds them.";
    };
  };
}
