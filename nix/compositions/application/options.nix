# What a block says about an application, and what the composition tells about it.
{ lib, config, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    name = mkOption {
      type = types.strMatching "[a-z][a-z0-9-]{0,20}";
      description = "Name of the application among those of the operator. Changing it declares a new application.";
    };
    deploymentState = mkOption {
      type = types.raw;
      default = null;
      description = "State of all members. Null means that every apply compares every object with its declaration.";
    };

    domain = mkOption {
      type = types.strMatching "([a-z0-9]([a-z0-9-]*[a-z0-9])?[.])+[a-z]([a-z0-9-]*[a-z0-9])?";
      example = "social.example.org";
      description = ''
        Domain of the site. It is the identity of the site in the federation and cannot change once other servers know it:
        the database keeps it, and refuses another one.
      '';
    };
    newSite = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether the database may change to another `domain`, because no other server knows the site yet. Remove it after the
        apply.
      '';
    };
    title = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "Name of the site for people. Null leaves it to the application.";
    };
    size = mkOption {
      type = types.enum (lib.attrNames config.sizes);
      default = "small";
      description = "Size of the machine and of the media, by its name in `sizes`.";
    };
    sizes = mkOption {
      type = types.attrsOf (types.submodule ./size.nix);
      description = "The sizes to choose from.";
    };
    admin = {
      name = mkOption {
        type = types.strMatching "[a-z0-9_]+";
        description = "User name of the first administrator.";
      };
      email = mkOption {
        type = types.str;
        description = "E-mail address of the first administrator.";
      };
    };
    machine = mkOption {
      type = types.attrTag {
        proxmox = mkOption {
          type = types.submodule ./machine/proxmox.nix;
          description = "A new machine in the hosting provider's Proxmox VE.";
        };
        existing = mkOption {
          type = types.submodule ./machine/existing.nix;
          description = "A machine that exists already and runs NixOS.";
        };
      };
      description = "The machine of the application.";
    };
    mediaHost = mkOption {
      type = types.str;
      default = "media.${config.domain}";
      defaultText = lib.literalExpression ''"media.''${domain}"'';
      description = "Host name of the media, in the zone of `domain`. An application with several buckets prefixes their names.";
    };
    sso = mkOption {
      type = types.bool;
      default = false;
      description = "Whether members of the application's group in the directory log in with their password there.";
    };
    registrations = mkOption {
      type = types.bool;
      default = false;
      description = "Whether anybody can register.";
    };
    suspended = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether the application is off: its machine is stopped, nobody logs in by the directory, and its name leads to the
        holding page of the host profile, if there is one. All data stay.
      '';
    };
    deletion = mkOption {
      type = types.enum [
        "retain"
        "delete"
      ];
      default = "retain";
      description = ''
        What a destroy does with the data: the database and its role, the buckets with all media, and the secrets. `retain`
        keeps them without our mark. Everything else is deleted: the machine, the names, the key, the account.
      '';
    };
    adopt = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether the application takes over data without a mark, such as those that a destroy kept: the database and its role,
        the buckets, and the secrets.
      '';
    };
    settings = mkOption {
      type = types.attrsOf types.raw;
      default = { };
      description = "Further settings of the application, by its own names. What the composition sets itself is rejected.";
    };

    application = mkOption {
      type = types.submodule ./application.nix;
      internal = true;
      description = "What the composition of this kind of application needs.";
    };
    nixosInputs = mkOption {
      type = types.raw;
      readOnly = true;
      description = "What the machine needs to know, besides the secrets in its files.";
    };
    nixosModule = mkOption {
      type = types.raw;
      readOnly = true;
      description = "The application as a NixOS module. It has the paths of secrets, never their values.";
    };
    delivered = mkOption {
      type = types.raw;
      readOnly = true;
      description = "Paths of the files with secrets, known as soon as all of them are on the machine.";
    };
  };
}
