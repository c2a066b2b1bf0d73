# systemd units of Mastodon, without `.service`. Each starts the ones that write its secrets and migrate the database.
{ lib, nixosInputs }:
let
  # As nixpkgs recommends: one process less than cores.
  streamingProcesses = lib.max 1 (nixosInputs.size.cores - 1);
in
{
  inherit streamingProcesses;
  preparing = [
    "mastodon-init-dirs"
    "mastodon-init-db"
  ];
  serving = [
    "mastodon-web"
    "mastodon-sidekiq-all"
  ]
  ++ map (number: "mastodon-streaming-${toString number}") (lib.range 1 streamingProcesses);
}
