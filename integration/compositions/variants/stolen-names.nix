# Bob's expression claims the names of Alice's objects, with his own credentials.
{ operator, hostProfile, ... }:
{ lib, ... }:
lib.mkIf (operator == "bob") {
  operator = lib.mkForce "alice";
  hostProfile = lib.mkForce (
    hostProfile
    // {
      tenants.alice = hostProfile.tenants.bob // {
        inherit (hostProfile.tenants.alice) zones pool vmids;
      };
    }
  );
  mastodon.social.domain = lib.mkForce "social.example.test";
  peertube.video.domain = lib.mkForce "video.example.test";
  pixelfed.photos.domain = lib.mkForce "photos.example.test";
  mastodon.social.machine.proxmox.vmid = lib.mkForce 1001;
  peertube.video.machine.proxmox.vmid = lib.mkForce 1002;
}
