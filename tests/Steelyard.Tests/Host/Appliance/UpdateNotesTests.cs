using System;
using System.IO;
using System.Linq;
using Steelyard.Core.Control;
using Steelyard.Host.Appliance;
using Steelyard.Tests.Api;

namespace Steelyard.Tests.Host.Appliance;

/// <summary>What outlives the restart into a root on trial, and the one back out of it.</summary>
public sealed class UpdateNotesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sy");

    private string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_noted_is_read_again()
    {
        BoxStatus status = FakeBox.Status with
        {
            VirtualRouters =
            [
                FakeBox.Status.VirtualRouters[0],
                FakeBox.Status.VirtualRouters[0] with { Name = "inside", State = "FAULT" },
            ],
        };

        BeforeNote.Of(status, dashboardAnswered: false).Write(Folder);
        BeforeNote? read = BeforeNote.Read(Folder);

        Assert.Equal((true, true, false), (read!.Answered, read.TwinAlive, read.DashboardAnswered));
        Assert.Equal(["tcp 192.168.100.1:80"], read.ServicesUp.ToArray());
        Assert.Equal(["inside"], read.RoutersAtFault!.Value.ToArray());
    }

    [Fact]
    public void A_box_that_does_not_answer_is_noted_as_such()
    {
        BeforeNote.Of(null, dashboardAnswered: true).Write(Folder);
        BeforeNote? read = BeforeNote.Read(Folder);

        Assert.Equal(
            (false, false, true), (read!.Answered, read.TwinAlive, read.DashboardAnswered));
        Assert.Empty(read.ServicesUp);
    }

    /// <summary>As version 0.1.0 wrote it, which noted neither routers nor the dashboard.</summary>
    [Fact]
    public void The_note_of_an_older_program_asks_for_all_that_it_does_not_say()
    {
        Write("""{"version":"0.1.0","twin_alive":true,"services_up":["tcp 1.2.3.4:80"]}""");

        BeforeNote? read = BeforeNote.Read(Folder);

        Assert.Equal((true, true, true), (read!.Answered, read.TwinAlive, read.DashboardAnswered));
        Assert.Null(read.RoutersAtFault);
        Assert.Equal(["tcp 1.2.3.4:80"], read.ServicesUp.ToArray());
    }

    [Fact]
    public void A_torn_note_is_none()
    {
        Assert.Null(BeforeNote.Read(Folder));

        Write("{\"twin_alive\":");

        Assert.Null(BeforeNote.Read(Folder));
    }

    [Fact]
    public void Why_a_root_was_not_kept_is_known_until_one_is()
    {
        BeforeNote.Of(FakeBox.Status, dashboardAnswered: true).Write(Folder);

        Assert.Null(TrialNote.End(Folder, "no box answers"));
        Assert.Null(BeforeNote.Read(Folder));
        Assert.Equal("no box answers", TrialNote.Read(Folder));

        BeforeNote.Of(FakeBox.Status, dashboardAnswered: true).Write(Folder);
        Assert.Null(TrialNote.End(Folder, null));
        Assert.Null(BeforeNote.Read(Folder));
        Assert.Null(TrialNote.Read(Folder));
    }

    [Fact]
    public void A_note_that_cannot_be_written_is_said_and_no_more()
    {
        string? said = TrialNote.End(Path.Combine(Folder, "nowhere"), "no box answers");

        Assert.Contains("went-back.txt cannot be written", said, StringComparison.Ordinal);
    }

    private void Write(string note) => File.WriteAllText(Path.Combine(Folder, "before.json"), note);
}
