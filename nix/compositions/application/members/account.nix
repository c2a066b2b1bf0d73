# Who may log in: the members of a group in the directory, which the application reads by an account of its own.
{
  lib,
  config,
  members,
  providers,
  ...
}:
let
  state = config.deploymentState;
in
{
  members = lib.optionalAttrs config.sso {
    group = {
      type = providers.lldap.group;
      inherit state;
      inputs.name = config.names.label;
    };
    serviceAccount = {
      type = providers.lldap.service_account;
      inherit state;
      inputs = {
        id = config.names.label;
        password = members.secrets.members.ldapPassword.outputs.ref;
        # Without the group it may not search, so nobody can log in by it.
        groups = lib.optional (!config.suspended) "lldap_strict_readonly";
      };
    };
  };
}
