using System;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Steelyard.Host.Lab;

/// <summary>
/// A client's connection, over a bare socket: an HTTP library would repeat a request that a broken
/// connection swallowed, and hide what the lab is there to show.
/// </summary>
internal sealed class LabRequest : IDisposable
{
    /// <summary>The header in which a real server names itself.</summary>
    public const string ServerHeader = "X-Server";

    private static readonly byte[] Once =
        "GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n"u8.ToArray();

    private static readonly byte[] Repeated = "GET / HTTP/1.1\r\nHost: lab\r\n\r\n"u8.ToArray();

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[2048];

    public LabRequest(Socket socket) => _socket = socket;

    public async Task ConnectAsync(IPEndPoint target, CancellationToken deadline) =>
        await _socket.ConnectAsync(target, deadline);

    /// <summary>
    /// Asks once and reads the whole answer; the name of the server that gave it.
    /// </summary>
    /// <exception cref="LabException">The answer was not what a client wants.</exception>
    public async Task<string> GetAsync(bool keepsAlive, CancellationToken deadline)
    {
        ReadOnlyMemory<byte> question = keepsAlive ? Repeated : Once;
        while (!question.IsEmpty)
        {
            question = question[await _socket.SendAsync(question, deadline)..];
        }

        int filled = 0;
        while (true)
        {
            int length = await _socket.ReceiveAsync(_buffer.AsMemory(filled), deadline);
            if (length == 0)
            {
                throw new LabException("the connection was closed before the answer was whole");
            }

            filled += length;
            if (TryRead(_buffer.AsSpan(0, filled), out string server))
            {
                return server;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>True when the answer is whole.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> octets, out string server)
    {
        server = string.Empty;
        int headEnd = octets.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> head = octets[..(headEnd + 2)];
        if (!head.StartsWith("HTTP/1.1 200 "u8))
        {
            string status = Encoding.ASCII.GetString(head[..head.IndexOf((byte)'\r')]);
            throw new LabException($"answered '{status}'");
        }

        server = Encoding.ASCII.GetString(Field(head, "\r\nX-Server: "u8));
        return Utf8Parser.TryParse(Field(head, "\r\nContent-Length: "u8), out int length, out _)
            ? octets.Length >= headEnd + 4 + length
            : throw new LabException("answered without a length");
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        int start = head.IndexOf(name);
        if (start < 0)
        {
            return [];
        }

        ReadOnlySpan<byte> value = head[(start + name.Length)..];
        return value[..value.IndexOf((byte)'\r')];
    }
}
