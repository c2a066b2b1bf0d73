# A template for a deployment. NixOps4 calls this file without arguments, so the file imports all that it needs.
let
  # Pinned versions of external Nix code, in ./npins/sources.json. `npins update` changes them.
  sources = import ./npins;

  # This repository: a pin in your own deployment, the parent folder here.
  resources = import (sources.nixops4-resources or ../.) { inherit sources; };
in
resources.nixops4.lib.mkRoot {
  modules = [
    (
      { providers, members, ... }:
      {
        # Any number of providers, under any names. For two servers, import the same module in two providers.
        providers.postgres = {
          imports = [ resources.modules.nixops4Provider.postgres ];

          # Every object that the deployment creates carries this name. Objects with another name are never changed.
          managedBy = "my-deployment";

          # The server's address and user. A resource can override them in its `inputs.connection`.
          connection.host = "db.example.org";
          connection.user = "postgres";
          # Only the secret's path, as a string. The provider reads the file; the secret never enters the Nix store.
          connection.password.file = "/run/secrets/postgres";

          # A provider built with `npm run build`. Without these two lines, Nix builds it.
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
          # An output of another member, so NixOps4 creates the role first.
          inputs.owner = members.app_role.outputs.name;
        };
      }
    )
  ];
}
