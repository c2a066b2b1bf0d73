# One operator: all applications, the people who use them, and the state of the deployment. It is applied by a run of its own,
# so that what fails for one operator never stops another.
{ applications, providerModules }:
{
  lib,
  config,
  members,
  providers,
  ...
}:
let
  inherit (lib) mkOption types;
  inherit (config) operator tenant;
  state = if tenant.state == null then null else members.state;

  application = kind: block: name: {
    imports = [
      applications.${kind}
      block
    ];
    inherit name operator;
    hostProfile = lib.mkDefault config.hostProfile;
    suspended = lib.mkIf config.suspended true;
    deploymentState = state;
    operatorProblems = problems;
  };
  blocks = lib.foldl' (
    found: kind: found // lib.mapAttrs (name: block: application kind block name) config.${kind}
  ) { } (lib.attrNames applications);
  declared = map (name: members.${name}) (lib.attrNames blocks);
  problems =
    import ./quota.nix {
      inherit lib config;
      applications = declared;
      names = [
        "people"
        "state"
      ]
      ++ lib.concatMap (kind: lib.attrNames config.${kind}) (lib.attrNames applications);
    }
    ++ lib.concatMap (application: application.problems) declared;
  # The applications are checked by their own option `members`: this one cannot depend on itself.
  checked = import ./application/checked.nix { inherit lib config problems; };

  groups = lib.filter (name: members.${name}.sso && !members.${name}.suspended) (lib.attrNames blocks);

  person = id: person: {
    type = providers.lldap.user;
    inherit state;
    inputs = {
      inherit id;
      inherit (person) email displayName;
      groups = map (name: members.${name}.members.group.outputs.name) (
        if person.applications == null then groups else lib.intersectLists groups person.applications
      );
      disabled = config.suspended;
    };
  };
in
{
  _class = "nixops4Component";
  imports = [ (import ./application/providers.nix providerModules) ];

  options =
    lib.mapAttrs (
      kind: _:
      mkOption {
        type = types.attrsOf types.deferredModule;
        default = { };
        description = "Applications of the kind ${kind}, by name.";
      }
    ) applications
    // {
      people = mkOption {
        type = types.attrsOf (types.submodule ./person.nix);
        default = { };
        description = "People in the directory, by the id with which they log in.";
      };
      suspended = mkOption {
        type = types.bool;
        default = false;
        description = "Whether all applications are suspended, and nobody logs in.";
      };
    };

  config.members =
    blocks
    // lib.optionalAttrs (config.people != { }) {
      people = checked { members = lib.mapAttrs person config.people; };
    }
    // lib.optionalAttrs (tenant.state != null) {
      state = checked {
        type = providers.state.state_postgres;
        inputs = {
          name = operator;
          inherit (tenant.state) identity;
          connection.database = tenant.state.database;
        };
      };
    };
}
