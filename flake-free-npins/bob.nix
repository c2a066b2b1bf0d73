# What the operator Bob wants.
{
  operator = "bob";

  mastodon.social = {
    domain = "bob.example";
    size = "medium";
    admin.name = "bob";
    admin.email = "bob@bob.example";
    machine.proxmox.ipv4 = "192.0.2.21";
    registrations = true;
  };

  peertube.video = {
    domain = "video.bob.example";
    admin.name = "bob";
    admin.email = "bob@bob.example";
    machine.proxmox.ipv4 = "192.0.2.22";
  };

  pixelfed.photos = {
    domain = "photos.bob.example";
    admin.name = "bob";
    admin.email = "bob@bob.example";
    machine.proxmox.ipv4 = "192.0.2.23";
  };
}
