# What the operator Alice wants. Nothing here depends on the hosting provider, but for the addresses of the machines.
{
  operator = "alice";

  mastodon.social = {
    domain = "social.alice.example";
    title = "Alice's people";
    admin.name = "alice";
    admin.email = "alice@alice.example";
    machine.proxmox.ipv4 = "192.0.2.11";
    sso = true;
  };

  peertube.video = {
    domain = "video.alice.example";
    admin.name = "alice";
    admin.email = "alice@alice.example";
    machine.proxmox.ipv4 = "192.0.2.12";
  };

  pixelfed.photos = {
    domain = "photos.alice.example";
    admin.name = "alice";
    admin.email = "alice@alice.example";
    machine.proxmox.ipv4 = "192.0.2.13";
  };

  # They log in to Mastodon with their password in the directory.
  people.carol.email = "carol@alice.example";
}
