# Mastodon as a NixOps4 component.
{ config, ... }:
{
  sizes = {
    small = { cores = 2; memoryMib = 4096; diskGib = 40; mediaGb = 100; };
    medium = { cores = 4; memoryMib = 8192; diskGib = 60; mediaGb = 500; };
    large = { cores = 8; memoryMib = 16384; diskGib = 100; mediaGb = 2000; };
  };
  application = {
    kind = "mastodon";
    secrets = import ./secrets.nix;
    buckets.media.host = config.mediaHost;
    # The web client and its service worker read media of the page's origin only.
    corsOrigins = [ "https://${config.liveDomain}" ];
    user = import ./user.nix;
    files = import ./files.nix;
    nixos = import ./nixos.nix;
  };
}
