using System;
using System.IO;
using Steelyard.Rig.Box;

namespace Steelyard.Rig.Methods;

/// <summary>
/// FTP by address translation: curl and vsftpd tell each other addresses and ports in the text of
/// their conversation, and data connections follow.
/// </summary>
[Collection(MethodsFixture.Name)]
public sealed class FtpTests(MethodsFixture fixture)
{
    private const string Server = "/usr/sbin/vsftpd";
    private const string Passive = "--ftp-pasv --no-ftp-skip-pasv-ip";

    private MethodsWorld World => fixture.World;

    /// <summary>curl asks by EPSV or EPRT first; each is forbidden once, for PASV or PORT.
    /// </summary>
    [ProgramTheory(Server, "vsftpd")]
    [InlineData(MethodsConfig.Vip, Passive)]
    [InlineData(MethodsConfig.Vip, Passive + " --disable-epsv")]
    [InlineData(MethodsConfig.Vip, "--ftp-port -")]
    [InlineData(MethodsConfig.Vip, "--ftp-port - --disable-eprt")]
    [InlineData(MethodsConfig.Vip6, Passive)]
    [InlineData(MethodsConfig.Vip6, "--ftp-port -")]
    public void Files_go_and_come_whole(string address, string mode)
    {
        string root = Serve();
        string file = Path.Combine(root, "large");
        string name = Guid.NewGuid().ToString("N");
        string url = address.Contains(':') ? $"'ftp://[{address}]" : $"'ftp://{address}";
        long[] before = World.Statistics('t', address, MethodsConfig.Ftp);

        string down = World.Client(
            $"sh -c \"curl -gsS -m 60 {mode} {url}/large' | sha256sum\"");
        World.Client($"curl -gsS -m 60 {mode} -T {file} {url}/up/{name}'");

        string sum = MethodsWorld.Sum(file);
        Assert.Equal(sum, down);
        Assert.Equal(sum, MethodsWorld.Sum(Path.Combine(root, "up", name)));
        long[] after = World.Statistics('t', address, MethodsConfig.Ftp);
        Assert.True(after[0] >= before[0] + 2, "conversations are counted");
        Assert.True(after[3] > before[3] + (5 << 20), "data to the server are counted");
        Assert.True(after[4] > before[4] + (5 << 20), "data to the client are counted");
        World.AssertNothingElseDropped();
    }

    /// <summary>Starts vsftpd for both families, once, and gives its folder.</summary>
    private string Serve()
    {
        string root = Path.Combine(World.Box.Folder, "ftp");
        if (Directory.Exists(root))
        {
            return root;
        }

        string up = Directory.CreateDirectory(Path.Combine(root, "up")).FullName;
        File.Copy(Path.Combine(World.Box.Folder, "nginx11", "large"), Path.Combine(root, "large"));

        // It wants a root that its guest cannot write to, and the guest a way there.
        Shell.Run($"chmod 755 {World.Box.Folder} {root}; chown ftp {up}");
        World.Box.In("server11", "sysctl -qw net.ipv6.bindv6only=1");
        foreach (string listen in (string[])["listen", "listen_ipv6"])
        {
            string conf = Path.Combine(World.Box.Folder, listen + ".vsftpd");
            File.WriteAllText(conf, $"""
                listen={(listen == "listen" ? "YES" : "NO")}
                listen_ipv6={(listen == "listen" ? "NO" : "YES")}
                background=YES
                anonymous_enable=YES
                no_anon_password=YES
                anon_root={root}
                anon_upload_enable=YES
                anon_umask=022
                write_enable=YES
                connect_from_port_20=YES
                secure_chroot_dir={Directory.CreateDirectory(root + "-empty").FullName}
                seccomp_sandbox=NO

                """);
            World.Box.In("server11", $"{Server} {conf}");
        }

        Shell.Until("vsftpd listens", () => World.Box
            .In("server11", "cat /proc/net/tcp /proc/net/tcp6").Split(":0015 ").Length == 3);
        return root;
    }
}
