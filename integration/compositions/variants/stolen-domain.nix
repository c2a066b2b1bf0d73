# Bob's expression claims Alice's domain and pool, with his own credentials.
{ operator, hostProfile, ... }:
{ lib, ... }:
lib.mkIf (operator == "bob") {
  hostProfile = lib.mkForce (
    hostProfile
    // {
      tenants.bob = hostProfile.tenants.bob // {
        inherit (hostProfile.tenants.alice) zones pool;
      };
    }
  );
  mastodon.social.domain = lib.mkForce "social.example.test";
  peertube.video.domain = lib.mkForce "video.example.test";
  pixelfed.photos.domain = lib.mkForce "photos.example.test";
}
