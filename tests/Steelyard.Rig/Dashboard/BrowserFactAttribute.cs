namespace Steelyard.Rig.Dashboard;

/// <summary>
/// A test that looks at a page in headless Chromium; it says so where there is none.
/// </summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Chromium.Path is null)
        {
            Skip = "needs a browser: apt-get install chromium";
        }
    }
}
