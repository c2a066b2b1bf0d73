# A deployment to start from. NixOps4 calls this file without arguments, so everything it needs it gets itself.
let
  # Pinned versions of other people's Nix code: ./npins/sources.json, changed by `npins update`.
  sources = import ./npins;

  # This repository: a pin in a deployment of your own, the folder above in this one.
  resources = import (sources.nixops4-resources or ../.) { inherit sources; };
in
resources.nixops4.lib.mkRoot {
  modules = [
    (
      { providers, members, ... }:
      {
        # Any number of providers, under names of your own. Two servers are two providers from the same module.
        providers.postgres = {
          imports = [ resources.modules.nixops4Provider.postgres ];

          # Written on everything the deployment makes; what bears another name is never touched.
          managedBy = "my-deployment";

          # How to reach the server; each resource can still say otherwise in its `inputs.connection`.
          connection.host = "db.example.org";
          connection.user = "postgres";
          # Only where the secret lies, as a string: it is read when the provider runs, and never enters the Nix store.
          connection.password.file = "/run/secrets/postgres";

          # A provider that was built with `npm run build`; without these two lines Nix is asked to build it.
          executable = "/usr/bin/node";
          args = [ "/srv/nixops4-resources/providers/postgres/dist/main.cjs" ];
        };

        members.app_role = {
          type = providers.postgres.role;
          inputs.name = "app";
          inputs.login = true;
          inputs.password.file = "/run/secrets/app";
        };

        members.app_database = {
          type = providers.postgres.database;
          inputs.name = "app";
          # An output of another member: NixOps4 makes the role first.
          inputs.owner = members.app_role.outputs.name;
        };
      }
    )
  ];
}
