using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using Steelyard.Core.Time;
using Steelyard.Linux.Clocks;

namespace Steelyard.Host.Lab;

/// <summary>
/// The whole world, running: networks, servers, boxes, clients, and doors to the dashboards.
/// </summary>
internal sealed class SteelyardLab : IAsyncDisposable
{
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(25);

    private readonly LabFolder _folder;
    private readonly LabWorld _world;
    private readonly List<LabRelay> _doors = [];
    private readonly Instant _begin = MonotonicClock.Now;

    private SteelyardLab(LabFolder folder, LabWorld world, ushort dashboardPort)
    {
        _folder = folder;
        _world = world;
        Boxes = [.. world.Boxes.Select((place, index) => new LabBox(place, folder, index))];
        Servers = [.. world.Servers.Select((place, index) => new LabServer(place, index))];
        DashboardPort = dashboardPort;
    }

    public LabBox[] Boxes { get; }

    public LabServer[] Servers { get; }

    public ushort DashboardPort { get; }

    /// <summary>Null until the world is ready for them.</summary>
    public LabClients? Clients { get; private set; }

    public ProbeStream? Probes { get; private set; }

    public string Folder => _folder.Location;

    /// <summary>The box that serves, if exactly one does.</summary>
    public LabBox? Master
    {
        get
        {
            LabBox[] masters = [.. Boxes.Where(box => box.IsMaster)];
            return masters.Length == 1 ? masters[0] : null;
        }
    }

    /// <summary>The twins hear each other.</summary>
    public bool IsPair => Boxes.All(box => box.Status?.Twin.Alive == true);

    /// <param name="onClosedDoor">
    /// Told when a dashboard's port is in use, and the lab goes on without; null makes it fail.
    /// </param>
    public static async Task<SteelyardLab> StartAsync(
        ushort dashboardPort, Action<string>? onClosedDoor = null)
    {
        LabFolder folder = LabFolder.Create();
        LabWorld? world = null;
        SteelyardLab? lab = null;
        try
        {
            world = LabWorld.Build();
            lab = new SteelyardLab(folder, world, dashboardPort);
            lab.OpenDoors(onClosedDoor);
            await Task.WhenAll(lab.Servers.Select(server => server.StartAsync()));
            foreach (LabBox box in lab.Boxes)
            {
                box.Start();
            }

            return lab;
        }
        catch
        {
            if (lab is not null)
            {
                await lab.DisposeAsync();
            }
            else
            {
                world?.Dispose();
                folder.Dispose();
            }

            throw;
        }
    }

    /// <summary>
    /// Clients may come: what nobody could answer tells nothing. A box serves, its twin waits, the
    /// servers are up; or a box serves, and that is all there will be.
    /// </summary>
    public bool IsReady(Instant now) => Master is LabBox master
        && ((IsPair && Boxes.Any(box => box.IsBackup) && master.AllServersAreUp)
            || now - _begin > ReadyPatience);

    /// <summary>The clients begin to ask.</summary>
    public void StartClients()
    {
        Clients = new LabClients(_world.Clients);
        Probes = new ProbeStream(_world.Clients);
    }

    public string DashboardAddress(int box) => LabPlan.DashboardAddress(DashboardPort, box);

    public async ValueTask DisposeAsync()
    {
        Probes?.Dispose();
        Clients?.Dispose();
        foreach (LabRelay door in _doors)
        {
            door.Dispose();
        }

        await Task.WhenAll(Boxes.Select(box => box.DisposeAsync().AsTask()));
        await Task.WhenAll(Servers.Select(server => server.DisposeAsync().AsTask()));
        _world.Dispose();
        _folder.Dispose();
    }

    private void OpenDoors(Action<string>? onClosedDoor)
    {
        IPEndPoint target = new(IPAddress.Loopback, LabPlan.DashboardPort);
        for (int box = 0; box < Boxes.Length; box++)
        {
            try
            {
                _doors.Add(new LabRelay((ushort)(DashboardPort + box), _world.Boxes[box], target));
            }
            catch (LabException failure) when (onClosedDoor is not null)
            {
                onClosedDoor(failure.Message);
            }
        }
    }
}
