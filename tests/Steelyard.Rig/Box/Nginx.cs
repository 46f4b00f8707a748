using System.IO;
using System.Linq;

namespace Steelyard.Rig.Box;

/// <summary>
/// A real nginx in a place of the world: <c>/name</c> says where it runs, <c>/peer</c> whom it
/// sees, <c>/large</c> and <c>/slow</c> are a file of 5 MB, and what is put under <c>/up/</c> lands
/// in its folder.
/// </summary>
internal static class Nginx
{
    // 20 octets a line, each of its own: a segment out of its place changes the file.
    private const int Lines = (5 << 20) / 20;

    /// <param name="folder">In the world's folder; it belongs to this nginx alone.</param>
    /// <param name="listens">Ports, or addresses and ports.</param>
    internal static void Start(
        BoxWorld world, string place, string folder, params string[] listens)
    {
        string path = Directory.CreateDirectory(Path.Combine(world.Folder, folder)).FullName;
        Directory.CreateDirectory(Path.Combine(path, "up"));
        File.WriteAllLines(
            Path.Combine(path, "large"),
            Enumerable.Range(0, Lines).Select(line => $"{place,-10} {line:D8}"));
        File.WriteAllText(Path.Combine(path, "conf"), $$"""
            user root;
            worker_processes 1;
            pid {{path}}/pid;
            error_log {{path}}/error.log;
            events { worker_connections 256; }
            http {
                access_log off;
                client_body_temp_path {{path}}/body;
                server {
                    {{string.Join(' ', listens.Select(listen => $"listen {listen};"))}}
                    root {{path}};
                    client_max_body_size 100m;
                    location = /name { return 200 "{{place}}"; }
                    location = /peer { return 200 "$remote_addr"; }
                    location = /slow { alias {{path}}/large; limit_rate 1m; }
                    location = /large { }
                    location /up/ { dav_methods PUT; }
                }
            }
            """);
        world.In(place, $"nginx -p {path} -c {path}/conf");
    }

    internal static void Stop(BoxWorld world, string folder) =>
        Shell.Try($"kill $(cat {world.Folder}/{folder}/pid); sleep 0.2");
}
